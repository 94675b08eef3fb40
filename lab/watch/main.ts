/** The room's page: settings from the link, two trainings, and what is drawn of them, one thing a frame. */
import { render } from 'lit-html'
import { drawingsIn } from './drawings.ts'
import { lookAt, pairOf } from './pair.ts'
import type { Pair } from './pair.ts'
import type { FoundTable } from './messages.ts'
import { queryOf, readSettings } from './link.ts'
import { ROLES, SIDES, lackOf } from './settings.ts'
import type { Roles, Settings, SideName } from './settings.ts'
import { room } from './view.ts'
import { letterOf } from './words.ts'

/** How long settings rest before models are made anew, in milliseconds. */
const REST = 200

const root = document.querySelector<HTMLElement>('#room')!
const read = readSettings(location.search)
let settings = read.settings
let complaints = read.complaints
let said = ''
let wrong: ReadonlyMap<string, string> = new Map()
let file: { readonly name: string; readonly content: File; readonly table?: FoundTable } | undefined
let pair: Pair | undefined
/** The epoch that is looked at, where it is not the newest. */
let looked: number | undefined
let resting: ReturnType<typeof setTimeout> | undefined
let asked = false

const atNow = (): number => Math.min(looked ?? Infinity, pair?.epochs() ?? 0)

const drawings = drawingsIn(root, () => (pair ? { pair, at: atNow() } : undefined))

/** Draws anew in the next frame. */
function refresh(): void {
  if (asked) return
  asked = true
  requestAnimationFrame(() => {
    asked = false
    show()
  })
}

function say(words: string): void {
  said = words
  refresh()
}

/** Makes two new trainings of the settings, in place of those that there are. */
function start(): void {
  pair?.close()
  pair = undefined
  looked = undefined
  drawings.forget()
  const lack = SIDES.flatMap((side) => {
    const words = lackOf(settings[side])
    return words === undefined ? [] : [`Model ${letterOf(side)}: ${words}.`]
  })
  complaints = [...read.complaints.filter((each) => complaints.includes(each)), ...lack]
  if (typeof Worker === 'undefined')
    complaints = ['This browser has no workers, in which models are trained: without one the page would stand still.']
  else if (lack.length === 0 && (settings.data !== 'file' || file?.table))
    pair = pairOf(settings, settings.data === 'file' ? file?.content : undefined, refresh)
  refresh()
}

function set(next: Settings): void {
  settings = next
  complaints = complaints.filter((each) => !read.complaints.includes(each))
  history.replaceState(null, '', queryOf(settings) || location.pathname)
  clearTimeout(resting)
  resting = setTimeout(start, REST)
  refresh()
}

/** The roles that a link has, where the file has their columns; else those that were guessed. */
function rolesFor({ columns }: FoundTable): Roles {
  const names = columns.map(({ name }) => name)
  const given = Object.values(settings.roles).flat() as readonly string[]
  if (given.length > 0 && given.every((name) => names.includes(name))) return settings.roles
  return Object.fromEntries(
    ROLES.map((role) => [role, columns.filter(({ guess }) => guess === role).map(({ name }) => name)]),
  ) as unknown as Roles
}

async function drop(content: File): Promise<void> {
  file = { name: content.name, content }
  const news = await lookAt(content)
  if (file.content !== content) return
  if (news.kind === 'found') {
    file = { ...file, table: news.table }
    complaints = []
    set({ ...settings, data: 'file', roles: rolesFor(news.table) })
  } else {
    pair?.close()
    pair = undefined
    settings = { ...settings, data: 'file' }
    complaints = [`${content.name}: ${news.kind === 'failed' ? news.words : ''}`]
    refresh()
  }
}

async function keep(side: SideName): Promise<void> {
  const epoch = atNow()
  const bytes = await pair!.keep(side, epoch)
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([bytes]))
  link.download = `${settings[side].kind}-epoch-${epoch}.safetensors`
  link.click()
  URL.revokeObjectURL(link.href)
  say(`Model ${letterOf(side)} of epoch ${epoch} is kept as ${link.download}.`)
}

async function share(): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href)
    say('The link is copied: whoever opens it trains the same models to the same numbers.')
  } catch {
    say(`This browser does not let pages copy. The link is ${location.href}`)
  }
}

function show(): void {
  render(
    room({
      settings,
      wrong,
      file,
      pair,
      complaints,
      said,
      at: atNow(),
      set,
      refuse(id, words) {
        const all = new Map(wrong)
        if (words === undefined) all.delete(id)
        else all.set(id, words)
        wrong = all
        refresh()
      },
      drop: (content) => void drop(content),
      look(epoch) {
        looked = epoch >= pair!.epochs() ? undefined : epoch
        refresh()
      },
      restart: start,
      share: () => void share(),
      keep: (side) => void keep(side),
      goOn() {
        pair!.back(atNow())
        looked = undefined
        drawings.forget()
        pair!.run()
      },
    }),
    root,
  )
  if (root.querySelector('.plot')) drawings.soon()
}

new ResizeObserver(() => {
  if (root.querySelector('.plot')) drawings.soon()
}).observe(root)
start()
