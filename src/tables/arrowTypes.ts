/** The part of apache-arrow that is read here, by shape, so that any version and any copy of it will do. It imports none. */

/** A type of Arrow: `typeId` is its number in Arrow's own format. */
export interface ArrowType {
  readonly typeId: number
  readonly bitWidth?: number
  readonly precision?: number
  readonly scale?: number
  readonly unit?: number
  readonly listSize?: number
  readonly children?: readonly { readonly type: ArrowType }[] | null
  /** Of dictionaries: the type of what they hold. */
  readonly dictionary?: ArrowType
  /** Its name in words. */
  toString(): string
}

/** A stretch of a column that lies in one piece. */
export interface ArrowData {
  readonly type: ArrowType
  readonly length: number
  /** Where it begins within bitmaps, in bits. All else is cut already. */
  readonly offset: number
  readonly nullCount: number
  readonly values: unknown
  readonly valueOffsets?: unknown
  readonly children: readonly ArrowData[]
  readonly dictionary?: ArrowVector | undefined
  /** Of views of texts: where those that are long lie. */
  readonly variadicBuffers?: readonly Uint8Array[]
  getValid(index: number): boolean
}

/** A column: its stretches, in their order. */
export interface ArrowVector {
  readonly type: ArrowType
  readonly data: readonly ArrowData[]
}

/** A table of apache-arrow, as `tableFromIPC` gives it. */
export interface ArrowTable {
  readonly schema: { readonly fields: readonly { readonly name: string }[] }
  getChildAt(index: number): ArrowVector | null
}

/** Numbers of types, as Arrow's format has them. */
export const ARROW = {
  ...{ none: 1, integer: 2, float: 3, text: 5, boolean: 6, decimal: 7, date: 8, time: 9, timestamp: 10 },
  ...{ list: 12, fixedSizeList: 16, largeText: 20, largeList: 21, textView: 24, dictionary: -1 },
} as const
