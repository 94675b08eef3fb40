/** Runs the ladder of GPU.js in every place that was asked for, and leaves lines, JSON, a page and, if told to, figures. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { machine, warning } from '../measure/machine.ts'
import type { Told } from './climb.ts'
import type { Options } from '../options.ts'
import { asFile, crossoverPlot } from './figure.ts'
import { PLACES } from './places.ts'
import type { Place } from './places.ts'
import { page, plottedOf } from './report.ts'
import type { Run } from './report.ts'
import type { Entry, Host, Rung } from './rung.ts'
import { lines, passingLines, wonLines } from './words.ts'

const [FIGURES, RESULTS] = ['docs/figures', 'bench/results']

const wrap = (text: string): string => text.replace(/(.{1,76})(?: |$)/g, '  $1\n').trimEnd()

function print(told: Told): void {
  switch (told.kind) {
    case 'entry':
      console.log(wrap(`${told.entry.name} on ${told.entry.driver}`))
      return
    case 'skipped':
      console.log(wrap(`${told.entry.name} skipped: ${told.entry.driver}`))
      return
    case 'rung':
      console.log(`\n${`${told.rung.group} ${told.rung.size}`.padEnd(30)}resident            round trip`)
      for (const line of lines(told.rung)) console.log(line)
      return
  }
}

function summary(host: Host): void {
  console.log(`\nWho won in ${host.name}\n`)
  for (const line of wonLines(host.rungs)) console.log(line)
  for (const [{ name, unit }, rungs] of plottedOf(host)) {
    console.log(`\n${name}, round trips`)
    for (const line of passingLines(rungs, unit)) console.log(wrap(line))
  }
}

interface Climbed {
  readonly host: Host
  readonly failure?: string
}

/** Where the place did not get to the end, what it had told till then is kept, with why. */
async function climbIn(place: Place, options: Options): Promise<Climbed> {
  const [entries, skipped, rungs]: [Entry[], Entry[], Rung[]] = [[], [], []]
  const hear = (told: Told): void => {
    if (told.kind === 'entry') entries.push(told.entry)
    else if (told.kind === 'skipped') skipped.push(told.entry)
    else rungs.push(told.rung)
    print(told)
  }
  console.log(`\nin ${place}`)
  try {
    const name = await PLACES[place](options, hear)
    if (typeof name === 'string') return { host: { name, entries, skipped, rungs } }
    console.log(`  ${name.missing}`)
    return { host: { name: place, entries, skipped: [{ name: place, driver: name.missing }], rungs } }
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error)
    return { host: { name: place, entries, skipped, rungs }, failure }
  }
}

/** Measured numbers with as many digits as mean something: what is kept is read, and compared, by people. */
export const brief = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value

function publish(run: Run): void {
  mkdirSync(FIGURES, { recursive: true })
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(join(RESULTS, 'gpujs.json'), `${JSON.stringify(run, brief, 2)}\n`)
  for (const host of run.hosts)
    for (const [group, rungs] of plottedOf(host)) {
      const [place] = host.name.toLowerCase().split(' ')
      writeFileSync(
        join(FIGURES, `gpujs-${group.name}-${place}.svg`),
        asFile(crossoverPlot({ ...group, name: `${group.name} in ${host.name}` }, rungs, host.entries)),
      )
    }
  console.log(`published: ${RESULTS}/gpujs.json and ${FIGURES}/gpujs-*.svg`)
}

/** Whether all went well: nobody's numbers were wrong, and no place gave up. */
export async function climbAll(options: Options, folder: string): Promise<boolean> {
  const ran = machine()
  const warned = warning(ran)
  if (warned !== undefined) console.log(warned)
  const climbed: Climbed[] = []
  for (const place of options.hosts) climbed.push(await climbIn(place, options))
  const run: Run = { machine: ran, hosts: climbed.map(({ host }) => host) }
  for (const { host, failure } of climbed) {
    if (host.rungs.length > 0) summary(host)
    if (failure !== undefined) console.log(`\n${host.name}: ${failure}`)
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'gpujs.json'), `${JSON.stringify(run, null, 1)}\n`)
  writeFileSync(join(folder, 'gpujs.html'), page(run))
  console.log(`\n${folder}/gpujs.json and ${folder}/gpujs.html hold the rest`)
  const wrong = run.hosts.some(({ rungs }) => rungs.some(({ results }) => results.some((one) => 'wrong' in one)))
  const well = !wrong && climbed.every(({ failure }) => failure === undefined)
  if (options.publish && well) publish(run)
  return well
}
