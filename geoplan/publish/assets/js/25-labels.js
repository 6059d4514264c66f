// Names on the map and counts of lists; names that would collide stay away until there is room.
var NAMES = [];
// Sizes of letters in pixels, how far beyond the map a name may begin, and boxes to leave free: the sheet has its own.
var SCREEN_LABELS = { county: 12, city: 15, beyond: 200, taken: [] }, LABELS = SCREEN_LABELS;

function makeNames() {
  NAMES = D.units.filter(function (u) {
    return u.lv === 'county' ? u.p : u.lv === 'city' && (CHILDREN[u.c] || []).length;
  }).map(function (u) {
    var marker = L.marker([u.xy[1], u.xy[0]], {
      interactive: false, keyboard: false, pane: 'p-names',
      icon: L.divIcon({ className: 'name ' + u.lv + (u.lv === 'county' && !(u.in && ancestors(u.c).indexOf(D.page.scope) >= 0) ? ' near' : ''), iconSize: null })
    }).addTo(map);
    return { unit: u, node: marker.getElement() };
  });
}

function lists() { return visible().filter(function (item) { return item.b === 'list'; }); }

function chipsFor(code, shown) {
  var made = el('span.chips');
  var number = viewChip(code);
  if (number) { made.appendChild(number); }
  shown.forEach(function (item) {
    var n = countByUnit(item)[code], chip;
    if (!n) { return; }
    chip = el('i.chip' + (FEATURES[item.l + '/' + item.f[0]].x === 'passes' ? '.passes' : ''), n > 1 ? n : '');
    chip.style.background = cls(item).col;
    made.appendChild(chip);
  });
  return made;
}

function placeNames() {
  var zoom = map.getZoom(), taken = LABELS.taken.slice(), shown = lists(), size = map.getSize();
  var cities = D.page.kind === 'city' ? zoom < 7.5 : zoom < 9;
  NAMES.map(function (name) {
    var u = name.unit, city = u.lv === 'city', point = map.latLngToContainerPoint([u.xy[1], u.xy[0]]);
    return { name: name, at: point, rank: (u.c === S.selected ? 1e9 : 0) + (city ? 1e6 : 0) + (u.in ? 1e5 : 0) + u.a };
  }).sort(function (a, b) { return b.rank - a.rank || (a.name.unit.c < b.name.unit.c ? -1 : 1); }).map(function (row) {
    row.chips = chipsFor(row.name.unit.c, shown);
    // Counts stay whatever happens, so names keep off those of others.
    if (row.chips.childNodes.length) { taken.push(boxOf(row.at, ['', row.chips, [], 0], false).concat(row.name.unit.c)); }
    return row;
  }).forEach(function (row) {
    placeName(row, { zoom: zoom, taken: taken, shown: shown, size: size, cities: cities });
  });
}

// Names of cities may move up or down a little.
var SHIFTS = [0, -20, 20, -38, 38];

// In English the generic word is left out on the map: there is little room.
function shortName(u) {
  return S.lang ? u.n[1].replace(/ (County|District|City|Province)$/, '') : u.n[0];
}

function placeName(row, state) {
  var u = row.name.unit, node = row.name.node, city = u.lv === 'city', tries = [], lines = namedLines(u.c), fitting = null;
  var text = city && state.cities || u.lv === 'county' && state.zoom >= 6.5 ? shortName(u) : '';
  var all = row.chips, edge = LABELS.beyond, first = boxOf(row.at, [text, all, [], 0], city);
  var far = first[0] < -edge || first[1] < -edge || first[2] > state.size.x + edge || first[3] > state.size.y + edge;
  if (lines.length && text) {
    tries.push([text, chipsFor(u.c, state.shown.filter(function (item) { return !listed('named', item); })), lines, 0]);
  }
  (city && text && !all.childNodes.length ? SHIFTS : [0]).forEach(function (shift) { tries.push([text, all, [], shift]); });
  tries.some(function (set) {
    if (far || !set[0] && !set[1].childNodes.length || collides(boxOf(row.at, set, city), state.taken, u.c)) { return false; }
    fitting = set;
    return true;
  });
  // Where there is no room for the name, the counts stay.
  if (!fitting && !far && all.childNodes.length) { fitting = ['', all, [], 0]; }
  node.style.display = fitting ? '' : 'none';
  if (!fitting) { return; }
  state.taken.push(boxOf(row.at, fitting, city).concat(u.c));
  clear(node);
  node.appendChild(labelNode(fitting, stopNumber(u.c)));
}

function labelNode(set, stop) {
  var made = el('span.set', set[0] ? el('b', stop ? el('i.stop', stop) : null, set[0]) : null, set[1].childNodes.length ? set[1] : null);
  set[2].forEach(function (line) { made.appendChild(lineNode(line)); });
  if (set[3]) { made.style.top = set[3] + 'px'; }
  return made;
}

// The room that a name, its counts and the names below it take, in pixels.
function boxOf(at, set, city) {
  var size = city ? LABELS.city : LABELS.county, wide = S.lang ? set[0].length * size * 0.56 : set[0].length * (size + 1), marks = set[1].childNodes.length, width, height;
  if (!set[0] && !set[2].length) { return [at.x - marks * 7, at.y - 7, at.x + marks * 7, at.y + 7]; }
  set[2].forEach(function (line) { wide = Math.max(wide, 12 + line.text.length * (S.lang ? 6 : 11)); });
  width = Math.max(wide, marks * 15) + 4;
  height = (set[0] ? size + 4 : 0) + (marks ? 14 : 0) + set[2].length * 14;
  return [at.x - width / 2, at.y + set[3] - height / 2, at.x + width / 2, at.y + set[3] + height / 2];
}

// Whether a box meets one that is taken by another.
function collides(box, taken, owner) {
  return taken.some(function (other) {
    return !(owner && other[4] === owner) && box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3];
  });
}
