/** Where an instance may work: threads that share a memory have a region each. It refuses to say what lies where in it. */
export let scratch: usize = 0

export function workAt(pointer: usize): void {
  scratch = pointer
}
