// Tells whether a page is valid HTML, by html-validate: its rules for the standard, and for what
// belongs to every element.
import { HtmlValidate, StaticConfigLoader } from "html-validate";

const validator = new HtmlValidate(new StaticConfigLoader({
  extends: ["html-validate:standard"],
}));

// invalid is what is wrong with a page, a line for each fault.
export async function invalid(html) {
  const report = await validator.validateString(html);
  return report.results.flatMap(({ messages }) => messages.map(
    ({ ruleId, message, line, column }) => `not valid HTML: ${ruleId}: ${message} (${line}:${column}) ${html.split("\n")[line - 1].slice(Math.max(0, column - 20), column + 60)}`));
}
