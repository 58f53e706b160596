type Triple = readonly [number, number, number];

/** How people see colours; the three who see fewer after Machado, Oliveira and Fernandes (2009), at full severity. */
export const eyes: Readonly<Record<string, readonly Triple[]>> = {
  'all colours': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'no red': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'no green': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  'no blue': [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** WCAG 2: from 1 to 21. */
export function contrast(a: string, b: string): number {
  const [darker = 0, lighter = 0] = [luminance(linear(a)), luminance(linear(b))].sort((one, other) => one - other);
  return (lighter + 0.05) / (darker + 0.05);
}

/** How far apart two colours are for some eyes: the distance in CIELAB, of which two or so can just be seen. */
export function distance(a: string, b: string, eye: readonly Triple[]): number {
  const [one, other] = [a, b].map((colour) => lab(eye.map((row) => clamped(dot(row, linear(colour)))) as unknown as Triple));
  return Math.hypot(...(one ?? []).map((value, place) => value - (other?.[place] ?? 0)));
}

function linear(colour: string): Triple {
  const channel = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function luminance(rgb: Triple): number {
  return dot([0.2126, 0.7152, 0.0722], rgb);
}

/** CIELAB of linear sRGB under D65. */
function lab(rgb: Triple): number[] {
  const x = dot([0.4124564, 0.3575761, 0.1804375], rgb) / 0.95047;
  const y = luminance(rgb);
  const z = dot([0.0193339, 0.119192, 0.9503041], rgb) / 1.08883;
  const [fx = 0, fy = 0, fz = 0] = [x, y, z].map((value) => (value > 216 / 24389 ? Math.cbrt(value) : (841 / 108) * value + 4 / 29));
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

function dot(a: Triple, b: Triple): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function clamped(value: number): number {
  return Math.min(1, Math.max(0, value));
}
