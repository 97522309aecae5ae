// What a policy is written as for other programs.

/** The text for a form, for password managers, and of a policy file. */
export function codesOf(policy) {
  let rules;
  try {
    rules = policy.passwordRules();
  } catch (error) {
    rules = error.message;
  }
  const name = policy.name ?? 'my-policy';
  return {
    html: `<input type="password" name="password" autocomplete="new-password" required\n  ${policy.htmlAttributes().replace(/ (?=(?:maxlength|pattern|passwordrules)=)/g, '\n  ')}>`,
    element: `<script type="module" src="sip-password/package/element.js"></script>\n<sip-password-input name="password" policy="${name}" not-containing="#user" required></sip-password-input>`,
    passwordrules: rules,
    toml: policy.toToml(),
  };
}
