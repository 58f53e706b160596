/** Names for the numbers that `statfs` gives on Linux (include/uapi/linux/magic.h and the file systems' own sources). */
const names: Readonly<Record<number, string>> = {
  26985: 'nfs',
  20859: 'smb',
  4283649346: 'cifs',
  4266872130: 'smb2',
  198183888: 'lustre',
  1196443219: 'gpfs',
  1702057286: 'fuse',
  61267: 'ext4',
  16914836: 'tmpfs',
  2435016766: 'btrfs',
  1481003842: 'xfs',
  801189825: 'zfs',
  2035054128: 'overlay',
};
const local = new Set(['ext4', 'tmpfs', 'btrfs', 'xfs', 'zfs', 'overlay']);
const network = new Set(['nfs', 'smb', 'cifs', 'smb2', 'lustre', 'gpfs', 'fuse']);

export function fileSystemName(type: number): string {
  return names[type >>> 0] ?? `unknown (0x${(type >>> 0).toString(16)})`;
}

/** CAT-LCK-1207: file systems on which a lock or a sync may mean less than on a local disk. */
export function isNetworkFileSystem(name: string): boolean {
  return network.has(name);
}

/** Whether all that happens to a file system of this type happens on this machine; of a type that nobody knows that is not said. */
export function isLocalFileSystem(type: number): boolean {
  return local.has(fileSystemName(type));
}
