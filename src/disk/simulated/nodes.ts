/**
 * What a simulated disk consists of. Nodes and names are apart, and each node holds what is visible beside what is durable.
 * Nodes are never changed in place but replaced, so that any number of disks may share them and their bytes.
 */
export type NodeId = number;

interface NodeBase {
  /** Never used twice on one disk; what directories point to. */
  readonly id: NodeId;
  /** What `stat` shows; free for the next node once the last name and the last handle are gone, as on ext4. */
  readonly number: number;
  readonly mode: number;
  readonly owner: number;
  readonly links: number;
  readonly mtimeUs: number;
  readonly ctimeUs: number;
}

export interface FileNode extends NodeBase {
  readonly type: 'file';
  readonly bytes: Uint8Array;
  /** What was visible before the last write. */
  readonly bytesBefore: Uint8Array;
  readonly durableBytes: Uint8Array;
  readonly durableMode: number;
  readonly pending: readonly FileChange[];
}

export type Entries = ReadonlyMap<string, NodeId>;

export interface DirectoryNode extends NodeBase {
  readonly type: 'directory';
  readonly entries: Entries;
  readonly durableEntries: Entries;
  readonly durableMode: number;
  readonly pending: readonly ModeChange[];
}

export interface SymlinkNode extends NodeBase {
  readonly type: 'symlink';
  readonly target: string;
}

export type Node = FileNode | DirectoryNode | SymlinkNode;

/** The bytes `from` to `to` of `source`, at the same place in the file: at most one chunk. */
export interface DataChange {
  readonly type: 'data';
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly source: Uint8Array;
  /** Whether it fills a block, or bytes, that the file did not have before. */
  readonly isFresh: boolean;
}
export interface SizeChange {
  readonly type: 'size';
  readonly index: number;
  readonly size: number;
  /** By a write that went beyond the end; else by a truncation. */
  readonly isWritten: boolean;
  /** Durable already, and still here because bytes that it applies to are not. */
  readonly isCommitted?: boolean;
}
export interface ModeChange {
  readonly type: 'mode';
  readonly index: number;
  readonly mode: number;
}
export type FileChange = DataChange | SizeChange | ModeChange;

export interface Place {
  readonly directory: NodeId;
  readonly name: string;
}
export interface AddChange {
  readonly type: 'add';
  readonly index: number;
  readonly at: Place;
  readonly node: NodeId;
}
export interface RemoveChange {
  readonly type: 'remove';
  readonly index: number;
  readonly at: Place;
  readonly node: NodeId;
}
/** One change of one or two directories; `settled` is the side whose directory has been synced alone. */
export interface RenameChange {
  readonly type: 'rename';
  readonly index: number;
  readonly from: Place;
  readonly to: Place;
  readonly node: NodeId;
  readonly replaced?: NodeId;
  readonly settled?: 'from' | 'to';
}
export type NameChange = AddChange | RemoveChange | RenameChange;

export const rootId: NodeId = 1;
