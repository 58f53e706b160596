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
    'SQLite looks into memory that it shares with writers; ours asks the system whether another process has written, two to five calls of 1 to 2 µs each. With one call it would be as quick as SQLite is; a snapshot asks nothing, and is four times as quick.',
  'reading/cold-list/JournalCatalog': 'All frames of the journal are read and the newest event of each record is judged by its checksum and parsed; SQLite reads rows that nobody judges.',
  'reading/cold-list/FsCatalog': 'Every line is judged as a record (ids, states, digests, no member twice), after the checksum of the file.',
  'reading/open/JournalCatalog':
    'Six files are opened and judged before the first answer, and the last frame that a checkpoint knows is hashed: at 1,000 records 2 ms, and 11 at 100,000, where SQLite opens one file and reads a page.',
  'reading/open/FsCatalog/1000/': 'Opening looks at the root, both indices, their generations and the platform: some 40 calls, which a file of 300 kB does not outweigh.',
  'reading/open/FsCatalog/10000/': 'As at 1,000 records; at 100,000 it is ahead.',
  'journal/append-1000': 'Each event has an id of its own, a hash of its chain (SHA-256) and a checksum: 5 µs an event. SQLite and lmdb store bytes.',
  'journal/verify': 'Two SHA-256 for each event, of its payload and of its header: node:crypto takes about 1 µs for each, so that half of a scan of SQLite is the least.',
  'journal/replay': 'JSON.parse of each payload is most of both; ours checks the checksum of each event as well.',
  'journal/get': 'A read of the event from its segment, which is one call of the system, its checksum and the parse; SQLite has the page in memory.',
  'journal/open': 'The checkpoint is read and judged as a whole: 40 bytes an event. 36 ms for a million events, and no more with larger payloads.',
  'big-artifacts/64-MiB/cp': 'SHA-256 of one core is slower than the disk here, and cp hashes nothing; the write runs beside it.',
  'small-artifacts': 'Six syncs a model: its bytes, the folders that name them, and its record; cacache syncs nothing.',
};

/** Why a figure is not as good as it should be. */
export function remarkOn(id) {
  const [, remark] = Object.entries(remarks).find(([start]) => id.startsWith(start)) ?? [];
  return remark;
}
