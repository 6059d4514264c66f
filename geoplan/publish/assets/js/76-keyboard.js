// The map by keyboard and by ear: a mark at the middle, the county there, and what is said aloud.
// The county at a place: of those that answer, or of all that the page holds.
function countyAt(at, all) {
  var x = at.lng, y = at.lat, found = null;
  D.units.forEach(function (u) {
    var inside = false;
    if (found || !u.p || !u.in && !all) { return; }
    countyRings(u.c).forEach(function (polygon) {
      polygon.forEach(function (ring) {
        ring.forEach(function (a, i) {
          var b = ring[i ? i - 1 : ring.length - 1];
          if (a[0] > y !== b[0] > y && x < (b[1] - a[1]) * (y - a[0]) / (b[0] - a[0]) + a[1]) { inside = !inside; }
        });
      });
    });
    if (inside) { found = u.c; }
  });
  return found;
}

function tellLive(text) { byId('live').textContent = text; }

function toast(text) {
  byId('toast').textContent = text;
  byId('toast').hidden = !text;
}

// What a listener hears of a county: its name, its area, the classes shown that it has.
function tellCounty(code) {
  var u = UNITS[code], names = visible().filter(function (item) { return figure(code, item); })
    .map(function (item) { return say(cls(item).t); }).filter(function (n, i, all) { return all.indexOf(n) === i; });
  tellLive([say(u.n), t('panel.area') + ' ' + area(u.a) + ' ' + measureName()].concat(names).join(S.lang ? ', ' : '，'));
}

var CALM = window.matchMedia('(prefers-reduced-motion: reduce)');
function calm() {
  map.options.inertia = !CALM.matches;
  // Leaflet reads the option only when it starts.
  map._zoomAnimated = map._zoomAnimated && !CALM.matches;
}

// Shapes are for the pointer. Leaflet listens to their focus for the sake of tooltips, by which browsers take
// each for a stop of Tab; and a clicked one would keep the keys from the map.
L.Layer.include({ _addFocusListeners: function () {} });

function middleCounty() {
  var code = countyAt(map.getCenter());
  tellLive(code ? say(UNITS[code].n) : t('map.nothing'));
}

STARTING.push(function () {
  var box = byId('map_atlas'), cross = el('span');
  cross.id = 'cross';
  cross.setAttribute('aria-hidden', 'true');
  box.appendChild(cross);
  box.setAttribute('aria-describedby', 'map-help');
  calm();
  box.addEventListener('keydown', function (event) {
    if (event.target !== box) { return; }
    box.classList.add('by-keys');
    if (event.key !== 'Enter' || measuring()) { return; }
    select(countyAt(map.getCenter()), false);
    event.preventDefault();
  });
  box.addEventListener('focus', function () { box.classList.toggle('by-keys', box.matches(':focus-visible')); });
  box.addEventListener('mousedown', function () { box.classList.remove('by-keys'); });
  map.on('moveend', function () { if (document.activeElement === box && box.classList.contains('by-keys')) { middleCounty(); } });
});
