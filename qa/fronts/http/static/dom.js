// Elements made of text: nothing that a document says ever becomes markup.

export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((one) => one !== null && one !== undefined && one !== ""));
  return made;
}

// Characters that hide or turn text around become visible, as in the terminal.
const STEERS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

export function safe(text) {
  return text.replace(STEERS, "\ufffd");
}

export function oneLine(text) {
  return safe(text.replace(/[ \t]*[\r\n]+[ \t]*/g, " "));
}

// Offsets count characters; JavaScript counts halves of those beyond U+FFFF.
export function slicer(text) {
  if (!/[\ud800-\udfff]/.test(text)) return (start, end) => text.slice(start, end);
  const at = [];
  for (let i = 0; i < text.length; i += 1) {
    at.push(i);
    if (text.codePointAt(i) > 0xffff) i += 1;
  }
  at.push(text.length);
  return (start, end) => text.slice(at[start], at[end]);
}

export async function json(url, options = {}) {
  let response;
  try {
    response = await fetch(url, options);
  } catch {
    throw new Error("The server cannot be reached. Is qa serve still running?");
  }
  const found = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(found.error?.message ?? `The server answered ${response.status}.`);
  return found;
}
