/** What a page says of itself to whoever opened it: a claim at a time, and whether it holds. It decides nothing. */

export interface Finding {
  readonly claim: string
  readonly holds: boolean
  readonly detail: string
}
export interface Findings {
  readonly isolated: boolean
  readonly findings: readonly Finding[]
}

/** Checks claims in their order, and tells all that was found. */
export async function tell(claims: Readonly<Record<string, () => Promise<string>>>): Promise<void> {
  const findings: Finding[] = []
  for (const [claim, check] of Object.entries(claims)) {
    try {
      findings.push({ claim, holds: true, detail: await check() })
    } catch (error) {
      findings.push({ claim, holds: false, detail: String(error) })
    }
  }
  const said: Findings = { isolated: crossOriginIsolated, findings }
  await fetch('/findings', { method: 'POST', body: JSON.stringify(said) })
}

export function expectTrue(holds: boolean, what: string): void {
  if (!holds) throw new Error(`expected ${what}`)
}
