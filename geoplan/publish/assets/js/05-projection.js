// The projection of screen and print, and distances and areas on the ellipsoid of CGCS2000.
// Gauss-Krüger by Krüger's series, geodesics after Vincenty: below a millimetre and 1e-6 within a province.
var EARTH = { a: 6378137, f: 1 / 298.257222101 }, RAD = Math.PI / 180;
var E2 = EARTH.f * (2 - EARTH.f), ECC = Math.sqrt(E2);
var KRUEGER = krueger(EARTH.f / (2 - EARTH.f));

function krueger(n) {
  var n2 = n * n, n3 = n2 * n, n4 = n3 * n;
  return {
    radius: EARTH.a / (1 + n) * (1 + n2 / 4 + n4 / 64),
    out: [n / 2 - 2 * n2 / 3 + 5 * n3 / 16 + 41 * n4 / 180, 13 * n2 / 48 - 3 * n3 / 5 + 557 * n4 / 1440,
      61 * n3 / 240 - 103 * n4 / 140, 49561 * n4 / 161280],
    back: [n / 2 - 2 * n2 / 3 + 37 * n3 / 96 - n4 / 360, n2 / 48 + n3 / 15 - 437 * n4 / 1440,
      17 * n3 / 480 - 37 * n4 / 840, 4397 * n4 / 161280],
    latitude: [2 * n - 2 * n2 / 3 - 2 * n3 + 116 * n4 / 45, 7 * n2 / 3 - 8 * n3 / 5 - 227 * n4 / 45,
      56 * n3 / 15 - 136 * n4 / 35, 4279 * n4 / 630]
  };
}

function atanh(x) { return 0.5 * Math.log((1 + x) / (1 - x)); }

// Metres east (with 500 km added) and north of a place in degrees.
function toMetres(lat, lng) {
  var s = Math.sin(lat * RAD), t = Math.sinh(atanh(s) - ECC * atanh(ECC * s)), l = (lng - D.atlas.meridian) * RAD;
  var xi = Math.atan2(t, Math.cos(l)), eta = atanh(Math.sin(l) / Math.sqrt(1 + t * t)), x = eta, y = xi;
  KRUEGER.out.forEach(function (c, i) {
    var k = 2 * (i + 1);
    x += c * Math.cos(k * xi) * Math.sinh(k * eta);
    y += c * Math.sin(k * xi) * Math.cosh(k * eta);
  });
  return [500000 + KRUEGER.radius * x, KRUEGER.radius * y];
}

// Latitude and longitude in degrees of a place in metres.
function toDegrees(east, north) {
  var eta = (east - 500000) / KRUEGER.radius, xi = north / KRUEGER.radius, x = eta, y = xi, chi, lat;
  KRUEGER.back.forEach(function (c, i) {
    var k = 2 * (i + 1);
    x -= c * Math.cos(k * xi) * Math.sinh(k * eta);
    y -= c * Math.sin(k * xi) * Math.cosh(k * eta);
  });
  chi = lat = Math.asin(Math.sin(y) / Math.cosh(x));
  KRUEGER.latitude.forEach(function (c, i) { lat += c * Math.sin(2 * (i + 1) * chi); });
  return [lat / RAD, D.atlas.meridian + Math.atan2(Math.sinh(x), Math.cos(y)) / RAD];
}

// Zoom levels mean about what they mean in Web Mercator at the latitude of the atlas.
var PIXELS = 1 / (40075016.686 * Math.cos(D.atlas.latitude * RAD));
var GAUSS = L.extend({}, L.CRS, {
  code: 'geoplan:gauss-krueger',
  infinite: true,
  transformation: new L.Transformation(PIXELS, 0, -PIXELS, 0),
  projection: {
    project: function (at) { var m = toMetres(at.lat, at.lng); return L.point(m[0], m[1]); },
    unproject: function (p) { var d = toDegrees(p.x, p.y); return L.latLng(d[0], d[1]); }
  },
  distance: function (a, b) { return geodesic(a, b).length; }
});

function reduced(lat) { return Math.atan((1 - EARTH.f) * Math.tan(lat * RAD)); }

// Length in metres and azimuth in radians of the shortest line between two places.
function geodesic(from, to) {
  var l = (to.lng - from.lng) * RAD, u1 = reduced(from.lat), u2 = reduced(to.lat), lambda = l, last, i, r;
  if (!l && from.lat === to.lat) { return { length: 0, azimuth: 0 }; }
  for (i = 0; i < 100; i += 1) {
    last = lambda;
    r = onSphere(u1, u2, lambda);
    lambda = l + (1 - r.c) * EARTH.f * r.sinAlpha * (r.sigma + r.c * r.sinSigma * (r.cos2 + r.c * r.cosSigma * (2 * r.cos2 * r.cos2 - 1)));
    if (Math.abs(lambda - last) < 1e-13) { break; }
  }
  return {
    length: EARTH.a * (1 - EARTH.f) * bigA(r.u) * (r.sigma - turned(r, bigB(r.u))),
    azimuth: Math.atan2(Math.cos(u2) * Math.sin(lambda), Math.cos(u1) * Math.sin(u2) - Math.sin(u1) * Math.cos(u2) * Math.cos(lambda))
  };
}

function onSphere(u1, u2, lambda) {
  var a = Math.cos(u2) * Math.sin(lambda), b = Math.cos(u1) * Math.sin(u2) - Math.sin(u1) * Math.cos(u2) * Math.cos(lambda);
  var r = { sinSigma: Math.sqrt(a * a + b * b), cosSigma: Math.sin(u1) * Math.sin(u2) + Math.cos(u1) * Math.cos(u2) * Math.cos(lambda) };
  r.sigma = Math.atan2(r.sinSigma, r.cosSigma);
  r.sinAlpha = r.sinSigma ? Math.cos(u1) * Math.cos(u2) * Math.sin(lambda) / r.sinSigma : 0;
  return withCourse(r, function (square) { return square ? r.cosSigma - 2 * Math.sin(u1) * Math.sin(u2) / square : 0; });
}

function withCourse(r, middle) {
  var square = 1 - r.sinAlpha * r.sinAlpha;
  r.cos2 = middle(square);
  r.c = EARTH.f / 16 * square * (4 + EARTH.f * (4 - 3 * square));
  r.u = square * E2 / (1 - E2);
  return r;
}

function bigA(u) { return 1 + u / 16384 * (4096 + u * (-768 + u * (320 - 175 * u))); }
function bigB(u) { return u / 1024 * (256 + u * (-128 + u * (74 - 47 * u))); }
function turned(r, b) {
  var c = r.cos2;
  return b * r.sinSigma * (c + b / 4 * (r.cosSigma * (2 * c * c - 1) - b / 6 * c * (4 * r.sinSigma * r.sinSigma - 3) * (4 * c * c - 3)));
}

// The place at a distance in metres along a geodesic.
function along(from, azimuth, metres) {
  var u1 = reduced(from.lat), s1 = Math.sin(azimuth), c1 = Math.cos(azimuth), start = Math.atan2(Math.tan(u1), c1);
  var r = { sinAlpha: Math.cos(u1) * s1 }, first, last, i, lambda, y, x;
  withCourse(r, function () { return 0; });
  r.sigma = first = metres / (EARTH.a * (1 - EARTH.f) * bigA(r.u));
  for (i = 0; i < 100; i += 1) {
    r.cos2 = Math.cos(2 * start + r.sigma);
    r.sinSigma = Math.sin(r.sigma);
    r.cosSigma = Math.cos(r.sigma);
    last = r.sigma;
    r.sigma = first + turned(r, bigB(r.u));
    if (Math.abs(r.sigma - last) < 1e-13) { break; }
  }
  y = Math.sin(u1) * r.cosSigma + Math.cos(u1) * r.sinSigma * c1;
  x = Math.sin(u1) * r.sinSigma - Math.cos(u1) * r.cosSigma * c1;
  lambda = Math.atan2(r.sinSigma * s1, Math.cos(u1) * r.cosSigma - Math.sin(u1) * r.sinSigma * c1);
  lambda -= (1 - r.c) * EARTH.f * r.sinAlpha * (r.sigma + r.c * r.sinSigma * (r.cos2 + r.c * r.cosSigma * (2 * r.cos2 * r.cos2 - 1)));
  return { lat: Math.atan2(y, (1 - EARTH.f) * Math.sqrt(r.sinAlpha * r.sinAlpha + x * x)) / RAD, lng: from.lng + lambda / RAD };
}

// Points every two kilometres on the geodesic between two places, both ends included.
var STEP_M = 2000;
function between(from, to) {
  var line = geodesic(from, to), steps = Math.max(1, Math.ceil(line.length / STEP_M)), made = [from], i;
  for (i = 1; i < steps; i += 1) { made.push(along(from, line.azimuth, line.length * i / steps)); }
  return made.concat([to]);
}

function lengthOf(places) {
  return places.slice(1).reduce(function (sum, to, i) { return sum + geodesic(places[i], to).length; }, 0);
}

// Square metres within a ring of geodesics: in a cylindrical equal-area projection, edges in short steps.
function areaOf(places) {
  var sum = 0;
  function height(lat) {
    var s = Math.sin(lat * RAD), e = ECC * s;
    return (1 - E2) * (s / (1 - e * e) + atanh(e) / ECC);
  }
  places.forEach(function (from, i) {
    var steps = between(from, places[(i + 1) % places.length]);
    steps.slice(1).forEach(function (to, k) { sum += (to.lng - steps[k].lng) * RAD * (height(to.lat) + height(steps[k].lat)); });
  });
  return Math.abs(sum) * EARTH.a * EARTH.a / 4;
}

// For those who work with a page in the console.
D.measure = { length: lengthOf, area: areaOf };
