// Coordinates of a place: in degrees, and in metres as surveyors write them, X to the north and Y to the east.
function degreesText(at) { return at.lng.toFixed(4) + '°E ' + at.lat.toFixed(4) + '°N'; }

function metresText(at) {
  var m = toMetres(at.lat, at.lng);
  return 'X ' + m[1].toFixed(0) + '  Y ' + m[0].toFixed(0) + ' ' + t('measure.m');
}

function sexagesimal(value, sides) {
  var seconds = Math.round(Math.abs(value) * 3600), two = function (n) { return (n < 10 ? '0' : '') + n; };
  return Math.floor(seconds / 3600) + '°' + two(Math.floor(seconds / 60) % 60) + '′' + two(seconds % 60) + '″' + sides.charAt(value < 0 ? 1 : 0);
}

function placeLines(at) {
  return [degreesText(at), sexagesimal(at.lng, 'EW') + ' ' + sexagesimal(at.lat, 'NS'), metresText(at),
    'CGCS2000' + (S.lang ? '; ' : '；') + t('place.metres', { n: D.atlas.meridian })];
}

// Pages from disk or the intranet may have no clipboard of their own: then the old way.
function copyText(text, done) {
  var field, ok;
  function old() {
    field = el('textarea', text);
    field.className = 'unseen';
    document.body.appendChild(field);
    field.select();
    try { ok = document.execCommand('copy'); } catch (fault) { ok = false; }
    document.body.removeChild(field);
    done(ok);
  }
  if (navigator.clipboard && window.isSecureContext) {
    navigator.clipboard.writeText(text).then(function () { done(true); }, old);
  } else { old(); }
}

var PLACE = null;
function showPlace(at) {
  var county = countyAt(at, true), lines = placeLines(at), body, copy, close, reader = document.activeElement;
  if (county) { lines.unshift(say(UNITS[UNITS[county].up] ? UNITS[UNITS[county].up].n : ['', '']) + (S.lang ? ' ' : '') + say(UNITS[county].n)); }
  copy = button('button.copy', t('place.copy'), function () {
    copyText(lines.join('\n'), function (ok) { copy.textContent = t(ok ? 'place.copied' : 'place.not_copied'); });
  });
  close = button('button.close', '×', function () { map.closePopup(PLACE); byId('map_atlas').focus({ preventScroll: true }); });
  close.setAttribute('aria-label', t('panel.close'));
  body = el('div.place', close);
  lines.forEach(function (line, i) { body.appendChild(el(i === lines.length - 1 ? 'p.note' : 'p', line)); });
  body.appendChild(copy);
  PLACE = L.popup({ closeButton: false, className: 'place-popup', minWidth: 200, maxWidth: 300, autoPanPadding: [12, 60] })
    .setLatLng(at).setContent(body).openOn(map);
  if (reader === byId('map_atlas')) { copy.focus({ preventScroll: true }); }
}

STARTING.push(function () {
  map.on('mousemove', function (event) {
    byId('pointer').textContent = degreesText(event.latlng) + '　' + metresText(event.latlng);
  });
  map.on('mouseout', function () { byId('pointer').textContent = ''; });
  map.on('contextmenu', function (event) { showPlace(event.latlng); });
});
SPEAKING.push(function () { map.closePopup(); });
