export type { Host, ProcessIdentity } from '../disk/host.js';
export type { Disk, DiskProgram, ProgramWatcher, WatchedProgram } from '../disk/program.js';
export {
  changeMode,
  close,
  createExclusive,
  link,
  list,
  makeDirectory,
  openDirectory,
  openFile,
  openForUpdate,
  openOrCreate,
  read,
  readLink,
  removeDirectory,
  rename,
  run,
  runSync,
  stat,
  statHandle,
  symlink,
  sync,
  truncate,
  tryLock,
  unlink,
  unlock,
  write,
} from '../disk/program.js';
export { RealDisk } from '../disk/real-disk.js';
export type { Candidate } from '../disk/simulated/candidates.js';
export type { CrashChoice, CrashState, CrashStateOptions, CrashStates } from '../disk/simulated/crash-states.js';
export type { Fault, FaultEffect, FaultOptions } from '../disk/simulated/faults.js';
export type { ProcessOptions } from '../disk/simulated/processes.js';
export type { Fate, ProfileName, RenameMode, TornTails } from '../disk/simulated/profiles.js';
export type { TraceEntry } from '../disk/simulated/trace.js';
export { tracing } from '../disk/simulated/trace.js';
export type { TreeEntry } from '../disk/simulated/tree.js';
export type { ErrorOptions, SimulatedDiskOptions, SimulatedProcess } from '../disk/simulated-disk.js';
export { SimulatedDisk } from '../disk/simulated-disk.js';
export type { DiskError, FileStat, FileType, Handle, OpenAccess, Step, StepKind, StepResults } from '../disk/steps.js';
export { describeStep, isDiskError } from '../disk/steps.js';
export type { Counterexample, CrashEvent, CrashExperiment } from './crash/experiment.js';
export { CrashExplorer } from './crash/explorer.js';
export type { CrashExplorerOptions, SampledStep } from './crash/findings.js';
export type {
  Actor,
  Board,
  Ending,
  Moment,
  Replayed,
  Scene,
  ScheduleCounterexample,
  ScheduleOptions,
  ScheduleReport,
} from './schedule-explorer.js';
export { exploreSchedules, replaySchedule } from './schedule-explorer.js';
export type { ValueClass } from './schedules/memory.js';
