/** A table that nobody measured: films that are liked for what they are and by whose taste they are, and finished if short. */
import { stream } from '../../src/index.ts'

const GENRES = ['drama', 'comedy', 'news', 'music', 'sport']

export function inventedTable(rows = 4000): File {
  const random = stream(7)
  let drawn = 0
  const draw = (): number => random.uniform(drawn++)
  const whole = (below: number): number => Math.floor(draw() * below)
  const lines = Array.from({ length: rows }, (_, row) => {
    const [user, film, hour] = [whole(80), whole(60), whole(24)]
    const seconds = 20 + whole(280)
    const quality = ((film * 7) % 10) / 10
    const likes = 0.05 + 0.5 * quality + (user % GENRES.length === film % GENRES.length ? 0.35 : 0)
    const finishes = seconds < 120 ? 0.8 : hour > 20 ? 0.5 : 0.2
    const at = new Date(Date.UTC(2024, 4, 1 + Math.floor(row / 200), hour, whole(60))).toISOString().slice(0, 19)
    return [
      `user ${user}`,
      `film ${film}`,
      GENRES[film % GENRES.length],
      seconds,
      at,
      Number(draw() < likes),
      Number(draw() < finishes),
    ].join()
  })
  return new File([['user,film,genre,seconds,at,liked,finished', ...lines, ''].join('\n')], 'invented.csv')
}
