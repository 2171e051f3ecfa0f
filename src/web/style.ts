/** The status page's only style sheet, inline: the page loads nothing from anywhere. */
export const style = `
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem; color: #1b1f23; background: #fff; }
h1 { margin: 0; font-size: 1.4rem; } h2 { margin-top: 2rem; font-size: 1.1rem; }
header p { margin: 0.2rem 0; color: #57606a; } small { color: #57606a; }
div { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid #d0d7de; vertical-align: top; white-space: nowrap; }
td.free { white-space: normal; min-width: 12rem; }
th { font-weight: 600; color: #57606a; }
.warning td:nth-child(-n+2), .rolled-back td:nth-child(5) { color: #9a6700; }
.critical td:nth-child(-n+2), .expired td:nth-child(-n+2), .needs-operator td, .bad { color: #b3261e; font-weight: 600; }
@media (prefers-color-scheme: dark) {
  body { color: #e6edf3; background: #0d1117; } th, td { border-color: #30363d; }
  th, small, header p { color: #9198a1; } a { color: #58a6ff; }
  .warning td:nth-child(-n+2), .rolled-back td:nth-child(5) { color: #d29922; }
  .critical td:nth-child(-n+2), .expired td:nth-child(-n+2), .needs-operator td, .bad { color: #f85149; }
}
`;
