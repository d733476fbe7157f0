"""The style sheet of a report, for screen and paper."""

STYLE = """
@page { size: A4; margin: 18mm 16mm; @bottom-right { content: counter(page); } }
html { color: #1f2328; background: white; font: 16px/1.5 system-ui, "Liberation Sans", Arial, sans-serif; }
body { margin: 0; }
main { max-width: 54rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 0.3rem; }
h2 { font-size: 1.3rem; margin: 2.2rem 0 0.6rem; border-bottom: 1px solid #d0d7de; break-after: avoid; }
p, li { overflow-wrap: anywhere; }
.by { color: #59636e; margin: 0; }
.question { font-size: 1.15rem; margin: 1rem 0 0.2rem; }
.verdict { font-size: 1.15rem; font-weight: 600; margin: 0 0 1rem; }
.table { overflow-x: auto; margin: 1rem 0 1.5rem; }
table { min-width: 32rem; border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: 0.4rem; }
th, td { text-align: left; vertical-align: top; padding: 0.2rem 0.7rem 0.2rem 0; border-bottom: 1px solid #eaeef2; }
th { font-weight: normal; color: #59636e; }
tbody th { min-width: 10em; }
td { overflow-wrap: anywhere; }
td.whole { white-space: nowrap; }
thead th { border-bottom: 1px solid #59636e; }
thead { display: table-header-group; }
tr, .short, .pictures, figure svg, figcaption, .finding li { break-inside: avoid; }
.pictures, figure svg, .finding p { break-after: avoid; }
.narrow { columns: 2; column-gap: 2rem; }
.narrow table { min-width: 100%; }
figure { margin: 1.2rem 0 1.8rem; }
figure svg { display: block; max-width: 100%; height: auto; }
figcaption, caption { font-size: 0.9rem; }
.pictures { display: flex; flex-wrap: wrap; gap: 0.8rem; }
.pictures span { display: block; font-size: 0.8rem; color: #59636e; }
.pictures img { image-rendering: pixelated; max-width: 100%; height: auto; }
.words { border-left: 3px solid #0969da; padding-left: 0.8rem; margin-top: 0.5rem; }
.words :is(h1, h2, h3) { font-size: 1.05rem; border: 0; margin: 0.8rem 0 0.3rem; break-after: avoid; }
.finding { border-left: 3px solid #d0d7de; padding-left: 0.8rem; margin: 0.8rem 0; font-size: 0.9rem; }
.finding p { margin: 0.15rem 0; }
.finding ul { margin: 0.15rem 0; padding-left: 1.2rem; color: #59636e; font-size: 0.85rem; }
.finding ul { columns: 2; column-gap: 2rem; }
code { font-size: 0.9em; overflow-wrap: anywhere; }
@media print {
  main { max-width: none; padding: 0; }
  html { font-size: 10pt; }
  table { font-size: 8pt; }
  .table { overflow: visible; }
  figure svg { max-width: 138mm; max-height: 108mm; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
