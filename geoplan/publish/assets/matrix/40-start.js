// Choosing what stands in rows and columns; another language draws all anew.
function option(value, text) {
  var made = el('option', text);
  made.value = value;
  return made;
}

function groups() {
  var found = D.themes.map(function (theme) {
    return [theme[0], chosen(theme[0]).length, say(theme.slice(1))];
  }).filter(function (group) { return group[1]; }).map(function (group) {
    return option(group[0], t('matrix.theme', { theme: group[2], n: group[1] }));
  });
  var areal = chosen(AREAL).length;
  return areal ? [option(AREAL, t('matrix.areal', { n: areal }))].concat(found) : found;
}

function fill(id, key, options) {
  var box = clear(byId(id));
  options.forEach(function (one) { box.appendChild(one); });
  if (S[key]) { box.value = S[key]; }
  S[key] = box.value;
  box.onchange = function () {
    S[key] = box.value;
    if (key !== 'show') { S.open = null; byId('m-detail').hidden = true; }
    drawTable();
    mark();
  };
}

function draw() {
  fill('m-rows', 'rows', groups());
  fill('m-columns', 'columns', groups());
  fill('m-show', 'show', ['row', 'column', 'km2'].map(function (key) { return option(key, t('matrix.show.' + key)); }));
  drawTable();
  if (S.open) { openDetail(S.open[0], S.open[1], false); }
}

byId('matrix').hidden = false;
byId('language').addEventListener('click', draw);
document.addEventListener('keydown', function (event) {
  if (event.key === 'Escape' && S.open && event.target.tagName !== 'SELECT') { closeDetail(); }
});
draw();
