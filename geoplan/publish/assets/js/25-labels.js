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
  }).sort(function (a, b) { return b.rank - a.rank || (a.name.unit.c < b.name.unit.c ? -1 : 1); }).forEach(function (row) {
    placeName(row, { zoom: zoom, taken: taken, shown: shown, size: size, cities: cities });
  });
}

// In English the generic word is left out on the map: there is little room.
function shortName(u) {
  return S.lang ? u.n[1].replace(/ (County|District|City|Province)$/, '') : u.n[0];
}

function placeName(row, state) {
  var u = row.name.unit, node = row.name.node, city = u.lv === 'city', chips = chipsFor(u.c, state.shown);
  var text = city && state.cities || u.lv === 'county' && state.zoom >= 6.5 ? shortName(u) : '';
  var size = city ? LABELS.city : LABELS.county, wide = S.lang ? text.length * size * 0.56 : text.length * (size + 1);
  var marks = chips.childNodes.length, height = (text ? size + 4 : 0) + (marks ? 14 : 0);
  var width = Math.max(wide, marks * 15) + 4;
  var box = [row.at.x - width / 2, row.at.y - height / 2, row.at.x + width / 2, row.at.y + height / 2];
  var far = box[0] < -LABELS.beyond || box[1] < -LABELS.beyond || box[2] > state.size.x + LABELS.beyond || box[3] > state.size.y + LABELS.beyond;
  var fits = (text || marks) && !far && !collides(box, state.taken);
  if (!fits && marks && !far) {
    text = '';
    box = [row.at.x - marks * 7, row.at.y - 7, row.at.x + marks * 7, row.at.y + 7];
    fits = true;
  }
  node.style.display = fits ? '' : 'none';
  if (!fits) { return; }
  state.taken.push(box);
  clear(node);
  node.appendChild(el('span.set', text ? el('b', text) : null, marks ? chips : null));
}

function collides(box, taken) {
  return taken.some(function (other) {
    return box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3];
  });
}
