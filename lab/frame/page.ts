/** What every page of the lab has: the policy that the browser holds it to, and the way to the other rooms. */
import { ROOMS } from '../rooms.ts'

/** Rooms in which a library makes functions of text, and so has to be allowed to: GPU.js does. */
const MAKES_FUNCTIONS: readonly string[] = []

/** Workers and WebAssembly of its own, styles of its drawings, and no connection to anywhere. */
export const policyOf = (room: string): string =>
  [
    "default-src 'self'",
    `script-src 'self' 'wasm-unsafe-eval'${MAKES_FUNCTIONS.includes(room) ? " 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "worker-src 'self' blob:",
    "img-src 'self' data: blob:",
    "connect-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')

/** The way to the other rooms from a page of a room, or of the hall where it is empty; `up` leads to the hall. */
export function nav(here: string, up: string): string {
  const link = (folder: string, title: string): string =>
    `<a href="${up}${folder === '' ? '' : `${folder}/`}index.html"${folder === here ? ' aria-current="page"' : ''}>${title}</a>`
  return `<nav aria-label="Rooms">${[link('', 'The lab'), ...ROOMS.map(({ folder, title }) => link(folder, title))].join('')}</nav>`
}
