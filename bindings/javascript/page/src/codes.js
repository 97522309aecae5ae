// What a policy is written as for other programs.

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
/** The path of the package in a site, as in its README. */
const PACKAGE = 'sip-password/package';

/** The element with a policy that has a name in the package. */
function elementOf(name) {
  const script = `<script type="module" src="${PACKAGE}/element.js"></script>`;
  return `${script}\n<sip-password-input name="password" policy="${escaped(name)}" not-containing="#user" required></sip-password-input>`;
}

/** The element with a policy file: its name may be that of another policy, or of none. */
function elementOfFile(policy) {
  // Nothing in a string ends the script.
  const lines = policy.toToml().trimEnd().split('\n').map((line) => `    ${JSON.stringify(line).replaceAll('<', '\\u003c')},`);
  return [
    '<sip-password-input name="password" not-containing="#user" required></sip-password-input>',
    '<script type="module">',
    `  import './${PACKAGE}/element.js';`,
    `  import { policy } from './${PACKAGE}/all.js';`,
    "  document.querySelector('sip-password-input').policy = policy.fromToml([",
    ...lines,
    "  ].join('\\n'));",
    '</script>',
  ].join('\n');
}

/** The text for a form, for password managers, and of a policy file. */
export function codesOf(policy, isOfFile) {
  let rules;
  try {
    rules = policy.passwordRules();
  } catch (error) {
    rules = error.message;
  }
  return {
    html: `<input type="password" name="password" autocomplete="new-password" required\n  ${policy.htmlAttributes().replace(/ (?=(?:maxlength|pattern|passwordrules)=)/g, '\n  ')}>`,
    element: isOfFile ? elementOfFile(policy) : elementOf(policy.name),
    passwordrules: rules,
    toml: policy.toToml(),
  };
}
