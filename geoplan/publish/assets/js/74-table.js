// The tables that show without scripts, opened over the map; texts are there in both languages.
var TABLE = { on: false, from: null };

function showTable(on) {
  if (on === TABLE.on) { return; }
  TABLE.on = on;
  if (on) { stopMeasure(); TABLE.from = document.activeElement; }
  document.body.classList.toggle('with-table', on);
  byId('show-table').setAttribute('aria-pressed', on);
  sheet(null);
  if (!READY) { return; }
  writeHash();
  if (on) { byId('plain').focus({ preventScroll: true }); } else {
    resize();
    placeNames();
    if (TABLE.from && byId('plain').contains(document.activeElement)) { TABLE.from.focus({ preventScroll: true }); }
  }
}

function fillTable() {
  Array.prototype.forEach.call(document.querySelectorAll('#plain [data-km2]'), function (cell) {
    cell.textContent = area(Number(cell.getAttribute('data-km2')));
  });
  Array.prototype.forEach.call(document.querySelectorAll('#plain .unit'), function (node) { node.textContent = measureName(); });
}

ADDRESS.push({
  key: 'table',
  read: function (value) { showTable(value !== null || !READY && D.page.opens === 'table'); },
  write: function () { return TABLE.on ? '' : null; }
});

STARTING.push(function () {
  byId('show-table').onclick = function () { showTable(!TABLE.on); };
  byId('hide-table').onclick = function () { showTable(false); };
  byId('plain').addEventListener('click', function (event) {
    var link = event.target.closest('a[href^="#"]'), code = link ? link.getAttribute('href').slice(1) : null;
    if (!UNITS[code]) { return; }
    event.preventDefault();
    showTable(false);
    select(code, true);
  });
  document.addEventListener('keydown', function (event) {
    if (event.key !== 'Escape' || !TABLE.on || !byId('theme-list').hidden || event.target === byId('search')) { return; }
    showTable(false);
    event.stopImmediatePropagation();
  }, true);
});
SPEAKING.push(fillTable);
