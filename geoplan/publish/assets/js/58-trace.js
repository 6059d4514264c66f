// Links to the trace page: from a row of the panel to the sentence that it rests on.
// They are quiet, and each says to a screen reader what it is of. A user's own map has no such page.
function traceLink(ref, name) {
  var made;
  if (D.page.kind === 'own' || !ref) { return null; }
  made = el('a.trace', t('trace.link'));
  made.href = traceAddress(ref, S.lang);
  made.setAttribute('aria-label', t('trace.link.of', { name: name }));
  return made;
}

// At the end of a line, after a space.
function addTrace(node, ref, name) {
  var link = traceLink(ref, name);
  if (link) {
    node.appendChild(document.createTextNode(' '));
    node.appendChild(link);
  }
  return node;
}

function coverageRef(item, code) { return 'coverage:' + [code, item.l, item.c, item.b].join('/'); }

// A statement has no id of its own here: its line leads to it.
function featureRef(f) {
  var lines = String(f.ln).split(' ');
  if (f.id.charAt(0) !== '#') { return 'features:' + f.l + '/' + f.id; }
  return LAYERS[f.l] && lines[0] ? LAYERS[f.l].d + '@' + lines[0] : null;
}
