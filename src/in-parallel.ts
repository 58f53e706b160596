/** Does work on each item, so many at a time, beginning in their order; what each gave, in that order. The first that throws ends it. */
export async function inParallel<T, R>(items: readonly T[], most: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  const rest = items.entries();
  let isOver = false;
  const worker = async (): Promise<void> => {
    for (const [place, item] of rest) {
      if (isOver) return;
      try {
        results[place] = await work(item);
      } catch (error) {
        isOver = true;
        throw error;
      }
    }
  };
  const workers = Array.from({ length: Math.max(1, Math.min(most, items.length)) }, worker);
  const ended = await Promise.allSettled(workers);
  for (const outcome of ended) if (outcome.status === 'rejected') throw outcome.reason;
  return results;
}
