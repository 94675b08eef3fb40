"""One thread: the models are small, and tests compare to the last digits."""

import torch

torch.set_num_threads(1)
