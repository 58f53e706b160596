export const pageOf = (report: unknown): string => JSON.stringify(report);
