/** The report's looks, light and dark, on screen and on paper. Colours are told apart by the colour-blind too. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f7f5f0; --card: #fffefb; --ink: #20242c; --soft: #646b77; --line: #e4e0d7;
  --gain: #00745f; --loss: #b5460f; --heat: #2f42a8;
  --single-task: #737a85; --shared-bottom: #b27308; --mmoe: #a23f9b; --cgc: #2f86cc; --ple: #2f3fa6;
  --ml-mmoe: #7a4fc4; --esmm: #00745f; --wide-deep: #8a6a4f;
  --fixedWeights: #646b77; --decayingWeights: #8a6a4f; --uncertainty: #00745f; --dwa: #b5460f; --gradNorm: #7d7a12; --pcGrad: #c2306f; --caGrad: #7a4fc4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14161b; --card: #1b1e25; --ink: #e8e6e1; --soft: #9ba2ae; --line: #30353e;
    --gain: #45c9a5; --loss: #f2915c; --heat: #a9b6ff;
    --single-task: #a3aab5; --shared-bottom: #dda23c; --mmoe: #dc8fd5; --cgc: #55aaf0; --ple: #b4bfff;
    --ml-mmoe: #bfa3f5; --esmm: #45c9a5; --wide-deep: #d9a184;
    --fixedWeights: #9ba2ae; --decayingWeights: #d9a184; --uncertainty: #45c9a5; --dwa: #f2915c; --gradNorm: #c9c54a; --pcGrad: #f58ab4; --caGrad: #bfa3f5;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 0 24px 72px; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
header, section, footer { max-width: 1120px; margin: 0 auto; }
header { padding: 64px 0 20px; }
h1, h2, h3, .lead { overflow-wrap: break-word; }
h1, h2 { font-family: 'Iowan Old Style', 'Palatino Linotype', Palatino, Georgia, 'Liberation Serif', serif; text-wrap: balance; }
h1 { font-size: 44px; line-height: 1.12; font-weight: 600; margin: 6px 0 14px; letter-spacing: -0.01em; }
h2 { font-size: 27px; line-height: 1.2; font-weight: 600; margin: 56px 0 8px; }
h3 { font-size: 15px; font-weight: 650; margin: 0 0 2px; }
p { margin: 0 0 14px; max-width: 76ch; }
.eyebrow { color: var(--soft); font-size: 14px; letter-spacing: 0.02em; margin: 0; }
.lead { font-size: 20px; line-height: 1.5; max-width: 68ch; }
.soft, figcaption, .remark { color: var(--soft); }
.remark { font-size: 14px; max-width: 84ch; }
.facts { display: flex; flex-wrap: wrap; gap: 6px 28px; padding: 0; margin: 22px 0 0; list-style: none; font-size: 14px; }
.facts b { display: block; font-size: 18px; font-weight: 600; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px 22px; margin: 14px 0; overflow-x: auto; }
.two { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; }
.two .card { margin: 0; }
.two.wide { grid-template-columns: minmax(0, 1.35fr) minmax(0, 1fr); gap: 36px; align-items: center; margin-top: 14px; }
.flow { display: flex; flex-wrap: wrap; gap: 24px 30px; }
figure { margin: 0; } .flow h3 { contain: inline-size; }
figcaption { font-size: 13.5px; margin-bottom: 10px; }
svg { --plot-background: transparent; max-width: 100%; font-family: inherit; font-size: 12px; color: var(--ink); overflow: visible; }
svg text { font-variant-numeric: tabular-nums; }
svg [aria-label$='tick label'], svg [aria-label$='axis label'] { fill: var(--soft); }
table { border-collapse: collapse; width: 100%; font-size: 15px; }
th { font-weight: 550; color: var(--soft); text-align: right; font-size: 13.5px; vertical-align: bottom; white-space: nowrap; }
th.over { text-align: left; max-width: 24ch; white-space: normal; overflow-wrap: anywhere; color: var(--ink); padding-bottom: 5px; }
th[scope='row'] { font-weight: 400; font-size: 15px; color: var(--ink); vertical-align: middle; }
th[scope='row'] small { color: var(--soft); font-size: 12.5px; }
.words { text-align: left; } .words.wide { white-space: normal; overflow-wrap: anywhere; min-width: 180px; }
.words .chips { margin: 0; }
abbr { text-decoration: underline dotted 1px; text-underline-offset: 3px; }
caption { text-align: left; color: var(--soft); font-size: 13.5px; padding: 0 2px 6px; }
caption span { position: sticky; left: 0; display: inline-block; max-width: min(76ch, calc(100vw - 90px)); }
.scroll { overflow-x: auto; }
.scroll [scope='row'], .scroll thead tr:first-child th:first-child { position: sticky; left: 0; z-index: 1; background: var(--card); }
.scroll:focus-visible { outline: 2px solid var(--heat); outline-offset: 4px; border-radius: 4px; }
.hint { display: none; color: var(--soft); font-size: 13px; text-align: right; margin: 0 0 2px; max-width: none; }
th small { display: block; font-size: 12px; font-weight: 400; }
td { text-align: right; white-space: nowrap; }
th, td { padding: 9px 9px; border-bottom: 1px solid var(--line); }
th:first-child:not(.under), td:first-child { text-align: left; padding-left: 2px; }
tbody tr:last-child > * { border-bottom: 0; }
td small { display: block; color: var(--soft); font-size: 12.5px; }
.best { font-weight: 700; }
.key { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 9px; }
.bar { display: inline-block; position: relative; width: 72px; height: 10px; margin-right: 6px; vertical-align: -1px; border-radius: 2px; }
.bar::before { content: ''; position: absolute; left: 50%; top: -4px; bottom: -4px; border-left: 1px solid var(--soft); }
.bar i { position: absolute; top: 0; bottom: 0; border-radius: 2px; }
.up i { left: 50%; background: var(--gain); }
.down i { right: 50%; border: 1.5px solid var(--loss); }
.even i { display: none; } .up + b { color: var(--gain); } .down + b { color: var(--loss); }
.gain b { font-weight: 600; display: inline-block; min-width: 60px; }
.chips { display: flex; flex-wrap: wrap; gap: 6px; padding: 0; margin: 10px 0 0; list-style: none; font-size: 13px; }
.chips li { border: 1px solid var(--line); border-radius: 7px; padding: 2px 9px; }
.chips span { color: var(--soft); }
.made { margin-top: 22px; } .made span { display: inline-block; max-width: 100%; overflow-wrap: anywhere; }
code { font: 0.93em ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; background: var(--card); border: 1px solid var(--line); border-radius: 5px; padding: 1px 6px; }
a { color: var(--heat); text-underline-offset: 3px; }
.after { margin-top: 10px; }
.fitted { container-type: inline-size; } .fitted .small { display: none; }
@container (max-width: 440px) { .fitted .large { display: none; } .fitted .small { display: block; } }
.reading .area { pointer-events: all; } .reading .shown { pointer-events: none; }
.reading:hover .shown { visibility: visible; }
.reading .box { fill: var(--card); stroke: var(--soft); stroke-opacity: 0.6; }
.reading .rule { stroke: var(--soft); stroke-dasharray: 2 3; }
.reading text { font-size: 12px; }
.notes { padding-left: 20px; max-width: 76ch; } .notes li { margin-bottom: 8px; }
footer { color: var(--soft); font-size: 13.5px; margin-top: 56px; border-top: 1px solid var(--line); padding-top: 16px; }
.many svg { max-width: none; }
@media (max-width: 820px) {
  .two, .two.wide { grid-template-columns: minmax(0, 1fr); }
  body { padding: 0 14px 56px; } .card { padding: 16px 14px; }
  h1 { font-size: 34px; } .lead { font-size: 18px; } header { padding-top: 36px; }
  .panels svg { max-width: none; }
  .hint { display: block; }
}
@supports (animation-timeline: scroll()) {
  /* Where the browser can tell: only while there is more to see. */
  .scroller { timeline-scope: --sideways; } .scroll { scroll-timeline: --sideways inline; }
  .hint { display: block; visibility: hidden; height: 0; animation: more linear; animation-timeline: --sideways; }
  @keyframes more { from, 98% { visibility: visible; height: 20px; } to { visibility: hidden; height: 20px; } }
}
@media print {
  body { background: none; padding: 0; } .card { break-inside: avoid; }
  .scroll { overflow: visible; } .hint { display: none; } .panels svg { max-width: 100%; }
  table, th[scope='row'] { font-size: 12px; } th, td { padding: 5px 4px; }
}
`
