/**
 * Why a target of CAT-PRF is missed: what profiles and counts of system calls say, and what the least is. Shown beside a figure where it is
 * missed, and nowhere else. An id that begins so is meant.
 */
const remarks = {
  'put/JournalCatalog':
    'The write and its sync are half of it, and seven more calls of the system a seventh: the lock, and looks at what other processes may have written or replaced. The rest is code: the event with its hash and checksum, the record, the rules. In a loop without a disk that takes 0.05 ms; after each wait for one, with cold caches, twice that.',
  'put/Journal/': 'An append costs 1.2 times the bare overwrite and sync, which alone stands at nine tenths of SQLite and at half of lmdb here.',
  'batch/JournalCatalog':
    'Of 1,000 puts the write and sync are a tenth. Each is judged, made an event with its canonical form, hashed (SHA-256) and checksummed: 20 µs a record, of which the disk is 1.7. SQLite and lmdb hash nothing and keep no history.',
  'batch/Journal/': 'Each event is hashed (SHA-256) into a chain and checksummed: 7 µs an event, of which the disk is 1.7.',
  'group-commit/JournalCatalog':
    'One sync for all is a tenth of it. What is left is what each put costs by itself, some 20 µs for an event with history and hashes; a row of SQLite is 10.',
  'fs-put/10/': 'Three syncs where write-file-atomic has one: the bytes, the generation under its number, the name that readers open. The bare calls alone are above the target.',
  'fs-put/': 'Beside the three syncs each put hashes the whole index (SHA-256) and takes the generation that is too old away. JournalCatalog is for who has so many.',
  'reading/get/':
    'SQLite looks into memory that it shares with writers; ours asks the system whether another process has written, three calls of 1 to 2 µs each (FsCatalog) or five (JournalCatalog). With one call it would be as quick as SQLite is; a snapshot asks nothing, and is four times as quick.',
  'reading/cold-list/JournalCatalog': 'All frames of the journal are read and the newest event of each record is judged by its checksum and parsed; SQLite reads rows that nobody judges.',
  'reading/cold-list/FsCatalog': 'Every line is judged as a record (ids, states, digests, no member twice), after the checksum of the file.',
  'reading/open/JournalCatalog':
    'Opening to write makes durable what a dead writer may have left, in three syncs, hashes the last frame that the checkpoint knows, and reads 40 bytes for each event: 2 ms at 1,000 records, 11 at 100,000. SQLite syncs nothing when it is opened, and reads a page.',
  'reading/open/FsCatalog/1000/': 'Opening looks at the root, both indices, their generations and the platform: 70 calls of the system with the first get, two of them syncs, which a file of 300 kB does not outweigh.',
  'reading/open/FsCatalog/10000/': 'As at 1,000 records; at 100,000 it is ahead.',
  'journal/append-1000': 'Each event has an id of its own, a hash of its chain (SHA-256) and a checksum: 6 µs an event, of which a seventh is the sync and a quarter the collecting of garbage. SQLite and lmdb store bytes.',
  'journal/verify': 'Two SHA-256 for each event, of its payload and of its header: a third of it. node:crypto takes 0.8 µs for 200 bytes, so that hashing alone is half of a scan of SQLite.',
  'journal/replay': 'JSON.parse of each payload is 45 % of ours; ours checks the checksum of each event as well.',
  'journal/get': 'A read of the event from its segment, which is one call of the system, its checksum and the parse; SQLite has the page in memory.',
  'journal/open': 'The checkpoint is read and judged as a whole: 40 bytes an event. 36 ms for a million events, and no more with larger payloads.',
  'big-artifacts/64-MiB/cp': 'SHA-256 of one core is slower than the disk here, and cp hashes nothing; the write runs beside it.',
  'small-artifacts/100/known': 'Each file is read and hashed again, which is half of it; then it is linked and recorded, with the syncs of its folder and its record.',
  'small-artifacts/1000/known': 'As of 100 files.',
  'small-artifacts/1000/one-model': 'Between runs it is on either side of the target: each file is synced, and cacache syncs none.',
  'small-artifacts': '100 at once cost 7.5 syncs a model (FsCatalog) or 8.4 (JournalCatalog): its bytes, the folders that name them, its claim and its record; cacache syncs nothing.',
  'verifying/all/1-model':
    'As processes from their beginning: of 0.13 s a half is the start of node and the modules of the command, a quarter is the hashing, and the rest opening and judging 1,000 files. openssl starts in less than 5 ms.',
  'verifying/all':
    'As processes from their beginning, of which 0.07 s is the start of node. And each outcome is recorded, durable, in the record of its model; openssl and sha256sum write nothing.',
  'collecting/100000':
    'The names of all files are read, as by find; the digests that records name are made a set, and each name is looked up there. No blob is asked for more than its name.',
  'processes/': 'Each put takes the lock, looks at what others wrote since, writes, syncs and gives the lock back. On this disk a sync takes 0.7 ms while others want one as well, and 0.2 alone; waiting for the lock is a sixth. SQLite checks the same in memory that its processes share.',
  'fleet/list/etcd':
    'etcd gives 100,000 records through its gateway as JSON with each key and value in base64, page by page; one page is parsed while the next one comes.',
  'start-up/ls': 'A fifth is node itself; the rest is the modules of the command, the checksum and the judgement of 10,000 records, and the table.',
};

/** Why a figure is not as good as it should be. */
export function remarkOn(id) {
  const [, remark] = Object.entries(remarks).find(([start]) => id.startsWith(start)) ?? [];
  return remark;
}
