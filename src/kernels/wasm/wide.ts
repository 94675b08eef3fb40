/** Whether backends use wide tiles if nobody says: nothing is measured here, for few programs ask. */

let wide = false

export const wideByDefault = (): boolean => wide

export function setWideByDefault(found: boolean): void {
  wide = found
}
