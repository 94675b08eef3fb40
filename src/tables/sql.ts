/** Names and texts as SQL has them, and queries whose errors say who asked. It refuses nothing but what DuckDB refuses. */
import type { Connection } from './library.ts'

/** A name in double quotes, whatever is in it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text in single quotes, whatever is in it. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A row of a small result. */
export type ResultRow = Readonly<Record<string, unknown>>

/** DuckDB's message on one line, without the excerpt of the query that it draws. */
export const saidBy = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n\nLINE ')[0].replaceAll(/\s*\n\s*/g, ' ')

/** What DuckDB answers. @throws Error in the words of who asks, with those of DuckDB. */
export const asking = async <T>(who: string, ask: () => T | Promise<T>): Promise<T> => {
  try {
    return await ask()
  } catch (error) {
    throw new Error(`${who}: expected DuckDB to answer but got an error: because ${saidBy(error)}`, { cause: error })
  }
}

/** Runs a statement. @throws Error in the words of who asks, with those of DuckDB. */
export const run = (who: string, connection: Connection, sql: string): Promise<unknown> =>
  asking(who, () => connection.run(sql))

/** All rows of a query, which are few: integers of 64 bits and decimals are strings. @throws as `run` does. */
export const rowsOf = (who: string, connection: Connection, sql: string): Promise<readonly ResultRow[]> =>
  asking(who, async () => (await connection.runAndReadAll(sql)).getRowObjectsJson())

/** A query's rows, chunk by chunk in their order. @throws as `run` does. */
export async function* chunksOf(who: string, connection: Connection, sql: string) {
  const result = await asking(who, () => connection.stream(sql))
  for (;;) {
    const chunk = await asking(who, () => result.fetchChunk())
    if (!chunk || chunk.rowCount === 0) return
    yield chunk
  }
}
