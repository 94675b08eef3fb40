/**
 * Every kernel, declared once: see ../kernel.ts for the language. A verb is a loop over flat memory that writes all of its
 * outputs and changes nothing else; it refuses to know tensors, shapes or gradients.
 */
export * from './products.ts'
export * from './elementwise.ts'
export * from './movement.ts'
export * from './updates.ts'
