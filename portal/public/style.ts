/** Contrast of text at least 7:1; focus is always visible; nothing depends on colour alone. */
export const STYLE = `
:root { color: #1b1b1b; background: #fff; font: 1.125rem/1.5 system-ui, sans-serif; }
body { margin: 0; }
header, main { max-width: 44rem; margin: 0 auto; padding: 0 1rem; }
.training-mark { margin: 1rem 0; padding: .75rem 1rem; border: .25rem solid #8a1200; background: #fff3ef; color: #6b0f00;
  font-weight: 700; font-size: 1.25rem; }
.language { text-align: right; }
h1 { line-height: 1.2; }
a { color: #123f8f; }
:focus-visible { outline: .2rem solid #123f8f; outline-offset: .15rem; }
label { display: block; font-weight: 700; }
input { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; border: .125rem solid #444; border-radius: .25rem; }
input[type="file"] { border-style: dashed; }
button { font: inherit; font-weight: 700; margin-top: 1rem; padding: .5rem 1.5rem; border: .125rem solid #123f8f;
  border-radius: .25rem; background: #123f8f; color: #fff; cursor: pointer; }
.state { padding: .75rem 1rem; border-left: .5rem solid #444; background: #f3f3f3; font-weight: 700; }
.state.issued { border-color: #1f5c2e; }
.state.cancelled, .state.unknown, .state.failed { border-color: #8a1200; }
dt { font-weight: 700; margin-top: .75rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.wrong { margin: .25rem 0 .5rem; color: #8a1200; font-weight: 700; }
form label { margin-top: 1rem; }
input[aria-invalid] { border-color: #8a1200; }
.hint { margin: .25rem 0 .5rem; }
`;
