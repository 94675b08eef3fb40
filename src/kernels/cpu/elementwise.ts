/** Every kernel that treats each element alone. */
export * from './unary.ts'
export * from './binary.ts'
