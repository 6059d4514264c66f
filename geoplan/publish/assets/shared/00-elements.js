// What the scripts of all pages share. Text from data goes into a page by textContent only.
function byId(id) { return document.getElementById(id); }

// el('p.note', 'text', child, …): strings become text nodes, never markup.
function el(spec) {
  var bits = spec.split('.'), made = document.createElement(bits[0]), i, part;
  if (bits.length > 1) { made.className = bits.slice(1).join(' '); }
  for (i = 1; i < arguments.length; i += 1) {
    part = arguments[i];
    if (part !== null && part !== undefined && part !== '') {
      made.appendChild(part.nodeType ? part : document.createTextNode(String(part)));
    }
  }
  return made;
}

function clear(node) { while (node.firstChild) { node.removeChild(node.firstChild); } return node; }

// Where a row is traced: the page that says what it rests on.
function traceAddress(ref, en) { return 'trace.html#' + encodeURIComponent(ref) + (en ? '&lang=en' : ''); }
