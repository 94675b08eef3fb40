/** What the floor needs of node:fs/promises, for a core that is built without the types of Node. It has no code. */

export interface Opened {
  stat(): Promise<{ readonly size: number; isFile(): boolean }>
  read(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>
  close(): Promise<void>
}

export declare function open(path: string, flags: string): Promise<Opened>
