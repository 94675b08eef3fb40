/** plegrad/inspect, contents: what a compiled program does, call by call, and where its time goes. */
export { explain, mermaid, profile, showProfile } from './program/index.ts'
export type { ExplainOptions, MermaidOptions, ProfileOptions, ShowProfileOptions } from './program/index.ts'
export type { Call, CallProfile, Listing, Profile, Slot, Stage } from './program/index.ts'
