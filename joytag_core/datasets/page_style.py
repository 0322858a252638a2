"""How does the page of `stats` look, by day and by night?"""

STYLE = """
:root{color-scheme:light dark;--ink:#1c1f24;--soft:#68707c;--line:#d9dde3;--paper:#fff;--bar:#4a7fc1}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#9aa3ae;--line:#3a4048;--paper:#16181c;--bar:#6b9bd8}
}
body{font:14px/1.5 system-ui,sans-serif;color:var(--ink);
  background:var(--paper);max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}
h2{font-size:1.15rem;margin-top:2.2rem;border-top:1px solid var(--line);padding-top:.8rem}
nav a{margin-right:.9rem}
.numbers{display:flex;flex-wrap:wrap;gap:1.5rem}
.numbers b{display:block;font-size:1.5rem}
svg{width:100%;max-width:720px;font-size:11px}
svg.square{max-width:420px}
svg text{fill:var(--ink)}
svg rect,svg circle{fill:var(--bar)}
svg circle{fill-opacity:.5}
svg path{stroke:var(--line);fill:none}
table{border-collapse:collapse;width:100%}
td,th{text-align:left;padding:.3rem .5rem;border-bottom:1px solid var(--line);
  vertical-align:top;overflow-wrap:anywhere}
figure{display:inline-block;margin:.3rem;width:112px;vertical-align:top}
figure img{max-width:96px;max-height:96px;display:block}
figcaption,.soft{color:var(--soft);font-size:12px;overflow-wrap:anywhere}
.tag{display:inline-block;border:1px solid var(--line);border-radius:.6rem;padding:0 .45rem;margin:.1rem}
"""
