"""One thread: the models are small, and tests compare to the last digits. Ranks are forked from what imported torch."""

import multiprocessing

import torch

torch.set_num_threads(1)
multiprocessing.set_forkserver_preload(["plegrad_torch.training"])
