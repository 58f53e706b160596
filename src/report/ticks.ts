/** Three to six round values from 0 to the most, or beyond it. */
export function linearTicks(most: number): number[] {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power);
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, place) => place * step);
}

const dayMs = 86_400_000;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** So many letters of a scale fit into a length of its drawing, with room between two texts. */
const [letterWidth, gap, most] = [6.6, 18, 4] as const;

/** Some moments from the first to the last, and what they are called at that distance, as many as fit beside each other; UTC. */
export function timeTicks(start: number, end: number, width: number): { readonly time: number; readonly text: string }[] {
  if (end === start) return [{ time: start, text: momentText(start, 0) }];
  const textWidth = letterWidth * momentText(end, end - start).length;
  const count = Math.min(most, Math.max(2, Math.floor((width + gap) / (textWidth + gap))));
  return Array.from({ length: count }, (_, place) => {
    const time = start + ((end - start) * place) / (count - 1);
    return { time, text: momentText(time, end - start) };
  });
}

function momentText(time: number, span: number): string {
  const date = new Date(time);
  const day = `${date.getUTCDate()} ${months[date.getUTCMonth()]}`;
  if (span > 600 * dayMs) return `${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  if (span > 3 * dayMs) return day;
  return `${day} ${date.toISOString().slice(11, 16)}`;
}
