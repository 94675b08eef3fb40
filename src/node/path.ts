/** What the floor needs of node:path, for a core that is built without the types of Node. It has no code. */
export declare function dirname(path: string): string
export declare function join(...parts: string[]): string
