import type { CrashEvent, CrashExperiment } from './experiment.js';
import { CrashFindings } from './findings.js';
import { recordAct } from './recording.js';
import { CrashRun } from './run.js';

/**
 * Crashes experiments at every step into every state that the disk allows, recovers with their own code, and judges what is
 * shown (CAT-SIM-5003, 5005, 5006). Disks that were judged once are not judged again, in whatever experiment they are met.
 */
export class CrashExplorer extends CrashFindings {
  /** Gives what is shown after the act, when nothing fails. */
  async explore<S>(name: string, experiment: CrashExperiment<S>): Promise<string> {
    const shownBy = experiment.read ?? experiment.recover;
    const disk = experiment.disk();
    const acted = await recordAct(disk, experiment.prepare, experiment.act, experiment);
    const after = await shownBy(disk.fork().process());
    const views = experiment.views ?? [await shownBy(acted.before.process()), after];
    const run = new CrashRun(this, name, experiment, this.options);
    for (const point of acted.points) {
      if (this.isDone) break;
      await run.crashAt(point, point.acknowledged ? [views.at(-1) ?? after] : views);
    }
    return after;
  }

  /** Brings a counterexample about again: the same events on the same disk. Gives what is wrong now; nothing where all is well. */
  async replay<S>(name: string, experiment: CrashExperiment<S>, events: readonly CrashEvent[]): Promise<string | undefined> {
    const shownBy = experiment.read ?? experiment.recover;
    const disk = experiment.disk();
    const acted = await recordAct(disk, experiment.prepare, experiment.act, experiment);
    const views = experiment.views ?? [await shownBy(acted.before.process()), await shownBy(disk.fork().process())];
    await new CrashRun(this, name, experiment, this.options).replay(acted.points, views, events);
    return this.failures.at(-1)?.complaint;
  }
}
