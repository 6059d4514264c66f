// The base map, where one is configured: off at the start, no request before it is switched on.
// Its tiles are in Web Mercator, so the whole map is while it is on; figures stay those of the ellipsoid.
var BASE = { on: false, failed: false, tiles: null };

function setBase(on) {
  var given = D.atlas.base_map;
  if (!given || on === BASE.on) { return; }
  BASE.on = on;
  BASE.failed = false;
  BASE.tiles = BASE.tiles || given.urls.map(function (url) { return baseTiles(url, given); });
  document.body.classList.toggle('with-base', on);
  reproject(on ? L.CRS.EPSG3857 : GAUSS);
  BASE.tiles.forEach(function (layer) { if (on) { layer.addTo(map); } else { map.removeLayer(layer); } });
  if (!on) { toast(''); }
  byId('base-map').setAttribute('aria-pressed', on);
  drawBaseNotice();
}

function baseTiles(url, given) {
  var layer = L.tileLayer(url, { subdomains: given.subdomains, opacity: given.opacity, maxNativeZoom: given.max_zoom, noWrap: true });
  layer.on('tileerror', function () {
    if (BASE.failed || !BASE.on) { return; }
    BASE.failed = true;
    toast(t('base.failed'));
  });
  return layer;
}

// The same middle and zoom in another projection; every layer is projected anew.
function reproject(crs) {
  var middle = map.getCenter(), zoom = map.getZoom(), snap = map.options.zoomSnap;
  map.options.crs = crs;
  map.options.zoomSnap = 0;
  map.setView(middle, zoom, { reset: true, animate: false });
  map.options.zoomSnap = snap;
}

function drawBaseNotice() {
  var notice = byId('base-notice');
  notice.hidden = !BASE.on;
  notice.textContent = BASE.on ? t('base.notice') + D.atlas.base_map.notice : '';
  drawStatus();
  drawScale();
}

STARTING.push(function () {
  var knob = byId('base-map');
  knob.hidden = !D.atlas.base_map;
  knob.setAttribute('aria-pressed', 'false');
  knob.onclick = function () { setBase(!BASE.on); sheet(null); };
});
SPEAKING.push(function () {
  drawBaseNotice();
  if (BASE.failed && BASE.on) { toast(t('base.failed')); }
});
