Feature: What a program of the disk asks for, step by step

  A durable operation is a program: it asks for one step after the other and touches nothing itself. Here each meets a disk of which
  every answer is written down, so that the order of its steps, and what it makes of each error, can be read.

  @CAT-SIM-5002
  Rule: A program is the steps that it asks for

    Scenario Outline: A step is a value, and its answer is what the program goes on with: <maker>
      Then "<maker>" asks for "<step>"

      Examples:
        | maker                       | step                                     |
        | openFile                    | Open read /r/a                           |
        | openFile, through links     | Open read /r/a through links             |
        | openForUpdate               | Open update /r/a                         |
        | openOrCreate                | Open update-or-create /r/a mode 640      |
        | createExclusive             | Open create /r/a mode 400                |
        | openDirectory               | Open directory /r                        |
        | close                       | Close close #3                           |
        | write                       | Write #3 4 bytes at 10 "abcd"            |
        | write, behind               | Write #3 4 bytes at 10 "abcd" behind     |
        | read                        | Read #3 4 bytes at 10                    |
        | read, with what comes next  | Read #3 4 bytes at 10 then 2 at 14       |
        | truncate                    | Truncate #3 to 5                         |
        | changeMode                  | ChangeMode #3 444                        |
        | sync                        | Sync sync #3                             |
        | sync, of a folder           | SyncDirectory sync #3                    |
        | sync, with what comes next  | Sync sync #3 then #4, #5                 |
        | syncData                    | Sync sync #3 of its bytes                |
        | tryLock                     | Lock lock #3                             |
        | tryLock, shared             | Lock lock #3 shared                      |
        | unlock                      | Lock unlock #3                           |
        | link                        | Link /r/a -> /r/b                        |
        | link, to publish            | Publish /r/a -> /r/b                     |
        | symlink                     | Link /r/b -> a as a link                 |
        | rename                      | Rename /r/a -> /r/b                      |
        | rename, of a temp           | PersistTemp /r/a -> /r/b                 |
        | unlink                      | RemoveFile /r/a                          |
        | makeDirectory               | MakeDirectory /r mode 750                |
        | removeDirectory             | RemoveDirectory /r                       |
        | list                        | List /r                                  |
        | stat                        | Stat /r/a                                |
        | stat, through links         | Stat /r/a through links                  |
        | statHandle                  | Stat stat-handle #3                      |
        | names                       | Stat /r/a as #3                          |
        | readLink                    | Stat /r/a as a link                      |
        | realPath                    | Stat /r/a without links                  |
        | clone                       | Clone /r/a -> /r/b                       |
        | watchDirectory              | Open /r                                  |
        | awaitChange                 | Wait for #3 50 ms                        |
        | fileSystem                  | Stat /r as a file system                 |
        | wait                        | Wait 2.5 ms                              |

  @CAT-IDX-1103
  Rule: All bytes are written, however few the disk takes at a time

    Scenario: A short write goes on where the disk stopped
      When writing "ab" and "cd" from 10 on meets these answers
        | Write #3 4 bytes at 10 "abcd" | 1 |
        | Write #3 3 bytes at 11 "bcd"  | 1 |
        | Write #3 2 bytes at 12 "cd"   | 1 |
        | Write #3 1 bytes at 13 "d"    | 1 |
      Then the program gives nothing

    Scenario: Pieces without bytes are no reason to write again
      When writing "ab", "" and "cd" behind meets these answers
        | Write #3 4 bytes at 0 "abcd" behind | 2 |
        | Write #3 2 bytes at 2 "cd" behind   | 2 |
      Then the program gives nothing

    Scenario Outline: What is written to a disk that says "<answers>": <program>
      Then <program>, of which the disk says "<answers>", <outcome>

      Examples:
        | program                                    | answers                 | outcome                                  |
        | writing "ab" and "cd" from 10 on           | 4                       | gives nothing                            |
        | writing "ab" and "cd" from 10 on           | 0                       | fails with EIO                           |
        | writing "ab" and "cd" from 10 on           | 3; 0                    | fails with EIO                           |
        | writing "ab" and "cd" from 10 on           | 2; ENOSPC               | fails with ENOSPC                        |
        | writing nothing                            |                         | gives nothing                            |

  @CAT-SIM-5002
  Rule: What a program reads, and what it may do without, is told by its answers

    Scenario Outline: Of a disk that says "<answers>": <program>
      Then <program>, of which the disk says "<answers>", <outcome>

      Examples:
        | program                                    | answers                 | outcome                                  |
        | filling 4 bytes from 10 on                 | "abcd"                  | gives "4 abcd"                           |
        | filling 4 bytes from 10 on                 | "ab"; "cd"              | gives "4 abcd"                           |
        | filling 4 bytes from 10 on                 | "ab"; ""                | gives "2 ab.."                           |
        | filling 4 bytes from 10 on                 | "a"; EIO                | fails with EIO                           |
        | reading an open file                       | file of 2; "ab"         | gives "ab"                               |
        | reading an open file                       | file of 2; "a"; ""      | gives "a"                                |
        | reading an open file                       | file of 0               | gives ""                                 |
        | reading an open file of 4 bytes at most    | file of 4; "abcd"       | gives "abcd"                             |
        | reading an open file of 4 bytes at most    | file of 9; "abcdefghi"  | gives "abcde"                            |
        | opening /r/a if it is there                | #3                      | gives 3                                  |
        | opening /r/a if it is there                | ENOENT                  | gives nothing                            |
        | opening /r/a if it is there                | ENOTDIR                 | gives nothing                            |
        | opening /r/a if it is there                | EACCES                  | fails with EACCES                        |
        | reading /r/a if it is there                | ENOENT                  | gives nothing                            |
        | reading /r/a if it is there                | #3; file of 2; "ab"; EIO | gives "ab"                              |
        | reading /r/a if it is there                | #3; file of 2; EIO; done | fails with EIO                          |
        | listing /r if it is there                  | a, b                    | gives ["a","b"]                          |
        | listing /r if it is there                  | ENOENT                  | gives []                                 |
        | listing /r if it is there                  | ENOTDIR                 | fails with ENOTDIR                       |
        | closing #3 whatever it says                | EIO                     | gives nothing                            |
        | syncing #3 and closing it                  | done; done              | gives nothing                            |
        | syncing #3 and closing it                  | EIO; EBADF              | fails with a failed sync of a file: EIO  |
        | a mistake of ours before #3 is closed      | done; done              | fails with TypeError: ours               |
        | what may fail: a sync of #3                | EIO                     | gives nothing                            |
        | what may fail: a mistake of ours           | done                    | fails with TypeError: ours               |
        | what may fail: a mistake of ours           | EIO                     | gives nothing                            |
        | removing /r/a unless it is missing         | done                    | gives true                               |
        | removing /r/a unless it is missing         | ENOENT                  | gives false                              |
        | removing /r/a unless it is missing         | EPERM                   | fails with EPERM                         |
        | making /r/d unless it is there             | done                    | gives true                               |
        | making /r/d unless it is there             | EEXIST                  | gives false                              |
        | making /r/d unless it is there             | ENOENT                  | fails with ENOENT                        |

  @CAT-IDX-1103 @CAT-IDX-1113
  Rule: A temp is whole and durable, or it is not there

    Scenario: A temp is created for its maker alone, locked, written, given its mode, measured and synced
      When a temp of "ab" and "cd" meets these answers
        | Open create /r/a.tmp mode 600 | #3        |
        | Lock lock #3                  | true      |
        | Write #3 4 bytes at 0 "abcd"  | 4         |
        | ChangeMode #3 400             | done      |
        | Stat stat-handle #3           | file of 4 |
        | Sync sync #3                  | done      |
        | Stat stat-handle #3           | file of 4 |
      Then the program gives "/r/a.tmp #3 of 4"

    Scenario: A file is persisted as a temp that takes its name, and its folder is synced
      When persisting "abcd" as /r/a meets these answers
        | Open create /r/a.T0.tmp mode 600 | #3        |
        | Lock lock #3                     | true      |
        | Write #3 4 bytes at 0 "abcd"     | 4         |
        | ChangeMode #3 600                | done      |
        | Stat stat-handle #3              | file of 4 |
        | Sync sync #3                     | done      |
        | Stat stat-handle #3              | file of 4 |
        | PersistTemp /r/a.T0.tmp -> /r/a  | done      |
        | Close close #3                   | done      |
        | Open directory /r                | #4        |
        | SyncDirectory sync #4            | done      |
        | Close close #4                   | done      |
      Then the program gives nothing

    Scenario: A temp that cannot take its name is given up
      When persisting "abcd" as /r/a with the mode 644 meets these answers
        | Open create /r/a.T0.tmp mode 600 | #3        |
        | Lock lock #3                     | true      |
        | Write #3 4 bytes at 0 "abcd"     | 4         |
        | ChangeMode #3 644                | done      |
        | Stat stat-handle #3              | file of 4 |
        | Sync sync #3                     | done      |
        | Stat stat-handle #3              | file of 4 |
        | PersistTemp /r/a.T0.tmp -> /r/a  | EISDIR    |
        | RemoveFile /r/a.T0.tmp           | done      |
        | Close close #3                   | done      |
      Then the program fails with EISDIR

    Scenario: A temp that did not become as long as what was written is given up
      When a temp of "ab" and "cd" with the mode 600 meets these answers
        | Open create /r/a.tmp mode 600 | #3        |
        | Lock lock #3                  | true      |
        | Write #3 4 bytes at 0 "abcd"  | 4         |
        | ChangeMode #3 600             | done      |
        | Stat stat-handle #3           | file of 3 |
        | RemoveFile /r/a.tmp           | done      |
        | Close close #3                | done      |
      Then the program fails with IoError: /r/a.tmp has 3 bytes after 4 were written

    Scenario: A temp whose sync failed is given up, and never synced again
      When a temp of "ab" and "cd" meets these answers
        | Open create /r/a.tmp mode 600 | #3        |
        | Lock lock #3                  | true      |
        | Write #3 4 bytes at 0 "abcd"  | 4         |
        | ChangeMode #3 400             | done      |
        | Stat stat-handle #3           | file of 4 |
        | Sync sync #3                  | EIO       |
        | RemoveFile /r/a.tmp           | EIO       |
        | Close close #3                | EIO       |
      Then the program fails with a failed sync of a file: EIO

    Scenario: A temp whose name is another's is left alone
      When a temp of "ab" and "cd" meets these answers
        | Open create /r/a.tmp mode 600 | EEXIST |
      Then the program fails with EEXIST

    Scenario: Where creating failed after its effect the name is taken away again
      When a temp of "ab" and "cd" meets these answers
        | Open create /r/a.tmp mode 600 | EIO  |
        | RemoveFile /r/a.tmp           | done |
      Then the program fails with EIO

    Scenario Outline: <program>, of which the disk says "<answers>", <outcome>
      Then <program>, of which the disk says "<answers>", <outcome>

      Examples:
        | program                      | answers            | outcome                                    |
        | giving up a temp             | done; done         | gives true                                 |
        | giving up a temp             | ENOENT; done       | gives false                                |
        | giving up a temp             | EIO; EIO           | gives true                                 |
        | removing a temp              | done               | gives true                                 |
        | removing a temp              | ENOENT             | gives false                                |
        | removing a temp              | EACCES             | gives true                                 |
        | syncing #3 once              | EIO                | fails with a failed sync of a file: EIO    |
        | syncing the folder #3 once   | EINVAL             | fails with a failed sync of a folder: EINVAL |
        | syncing the bytes of #3 once | EIO                | fails with a failed sync of a file: EIO    |
        | syncing the folder /r        | EACCES             | fails with EACCES                          |
        | syncing the folder /r        | #3; EIO; done      | fails with a failed sync of a folder: EIO  |
        | syncing no folder            |                    | gives nothing                              |

  @CAT-IDX-1112
  Rule: A temp is abandoned when its lock can be taken, or when no lock can tell and it is old

    Scenario: Only who can lock a temp may take it for abandoned
      When an abandoned temp meets these answers
        | Open read /r/a.tmp    | #3   |
        | Stat stat-handle #3   | file |
        | Lock lock #3 shared   | true |
        | RemoveFile /r/a.tmp   | done |
        | Close close #3        | done |
      Then the program gives nothing

    Scenario Outline: A temp of which the disk says "<answers>" is <verdict>
      Then a temp of which the disk says "<answers>" is <verdict>

      Examples:
        | answers                                                  | verdict |
        | ENOENT                                                   | left    |
        | #3; directory; done                                      | left    |
        | #3; file from 9000000 ms before; false; done             | left    |
        | #3; file; true; ENOENT; done                             | removed |
        | #3; file from 3600000 ms before; unsupported; done       | left    |
        | #3; file from 3600001 ms before; unsupported; done; done | removed |

  @CAT-BLB-2102 @CAT-IDX-1113
  Rule: Folders that are synced together, up to 64 at a time, are all open before the first is synced

    Scenario: The first sync says what comes next
      When syncing the folders /a, /b and /c meets these answers
        | Open directory /a                 | #3   |
        | Open directory /b                 | #4   |
        | Open directory /c                 | #5   |
        | SyncDirectory sync #3 then #4, #5 | done |
        | SyncDirectory sync #4             | done |
        | SyncDirectory sync #5             | done |
        | Close close #3                    | done |
        | Close close #4                    | done |
        | Close close #5                    | done |
      Then the program gives nothing

    Scenario: One alone has nothing that comes next
      When syncing #4 meets these answers
        | Sync sync #4 | done |
      Then the program gives nothing

    Scenario: Where one cannot be opened, those that are open are closed
      When syncing the folders /a, /b and /c meets these answers
        | Open directory /a | #3     |
        | Open directory /b | #4     |
        | Open directory /c | EMFILE |
        | Close close #3    | done   |
        | Close close #4    | done   |
      Then the program fails with EMFILE

    Scenario: Where one cannot be synced, all are closed
      When syncing the folders /a, /b and /c meets these answers
        | Open directory /a                 | #3   |
        | Open directory /b                 | #4   |
        | Open directory /c                 | #5   |
        | SyncDirectory sync #3 then #4, #5 | done |
        | SyncDirectory sync #4             | EIO  |
        | Close close #3                    | done |
        | Close close #4                    | done |
        | Close close #5                    | done |
      Then the program fails with a failed sync of a folder: EIO

    Scenario Outline: <folders> folders are synced, 64 of them open at most
      Then of <folders> folders at most <open> are open at once, and each is synced once

      Examples:
        | folders | open |
        | 63      | 63   |
        | 64      | 64   |
        | 65      | 64   |
        | 128     | 64   |
        | 129     | 64   |

  @CAT-BLB-2102 @CAT-IDX-1118
  Rule: Another name never goes over one that a look shows

    Scenario Outline: A file gets another name where the disk says "<answers>"
      Then linking or moving /r/a to /r/b, of which the disk says "<answers>", <outcome>

      Examples:
        | answers                   | outcome           |
        | done                      | gives true        |
        | EEXIST                    | gives false       |
        | EIO                       | fails with EIO    |
        | EPERM; nothing; done      | gives true        |
        | ENOTSUP; nothing; done    | gives true        |
        | EOPNOTSUPP; nothing; done | gives true        |
        | ENOSYS; nothing; done     | gives true        |
        | EMLINK; nothing; done     | gives true        |
        | EPERM; file               | gives false       |
        | EPERM; nothing; EIO       | fails with EIO    |

    Scenario: Where there are no hard links a file is moved after a look
      When linking or moving /r/a to /r/b meets these answers
        | Link /r/a -> /r/b   | EPERM   |
        | Stat /r/b           | nothing |
        | Rename /r/a -> /r/b | done    |
      Then the program gives true

  @CAT-IDX-1103
  Rule: A folder is durable in all that are above it

    Scenario: A folder is made durably with those above it that are missing
      When making the folder /a/b durably meets these answers
        | Stat /a/b                   | nothing   |
        | Stat /a                     | nothing   |
        | Stat /                      | directory |
        | MakeDirectory /a mode 700   | done      |
        | Open directory /            | #3        |
        | SyncDirectory sync #3       | done      |
        | Close close #3              | done      |
        | MakeDirectory /a/b mode 700 | EEXIST    |
        | Open directory /a           | #3        |
        | SyncDirectory sync #3       | done      |
        | Close close #3              | done      |
      Then the program gives nothing

    Scenario: The folders above a root are synced up to the mount
      When syncing what is above /a/b/r meets these answers
        | Stat /a/b/r           | directory on 5 |
        | Open directory /a/b   | #3             |
        | SyncDirectory sync #3 | done           |
        | Close close #3        | done           |
        | Stat /a               | directory on 5 |
        | Open directory /a     | #3             |
        | SyncDirectory sync #3 | done           |
        | Close close #3        | done           |
        | Stat /                | directory on 1 |
      Then the program gives nothing

    Scenario: Where there is no other mount they are synced to the top
      When syncing what is above /a/b/r meets these answers
        | Stat /a/b/r           | directory on 5 |
        | Open directory /a/b   | #3             |
        | SyncDirectory sync #3 | done           |
        | Close close #3        | done           |
        | Stat /a               | directory on 5 |
        | Open directory /a     | #3             |
        | SyncDirectory sync #3 | done           |
        | Close close #3        | done           |
        | Stat /                | directory on 5 |
        | Open directory /      | #3             |
        | SyncDirectory sync #3 | done           |
        | Close close #3        | done           |
      Then the program gives nothing

    Scenario Outline: Folders are made, and synced above a root, where the disk says "<answers>": <program>
      Then <program>, of which the disk says "<answers>", <outcome>

      Examples:
        | program                       | answers                                            | outcome                                      |
        | making the folder /a/b durably | directory                                         | gives nothing                                |
        | making the folder /a/b durably | nothing; directory; done; #3; EIO; done           | fails with a failed sync of a folder: EIO    |
        | making the folder / durably   | nothing; EEXIST; #3; done; done                    | gives nothing                                |
        | syncing what is above /a/b/r  | directory on 5; #3; EIO; done                      | fails with a failed sync of a folder: EIO    |
        | syncing what is above /a/b/r  | directory on 5; EACCES                             | fails with EACCES                            |
        | syncing what is above /a/b/r  | directory on 5; #3; done; done; nothing            | gives nothing                                |
        | syncing what is above /a/b/r  | directory on 5; #3; done; done; directory on 5; EACCES          | gives nothing                   |
        | syncing what is above /a/b/r  | directory on 5; #3; done; done; directory on 5; EPERM           | gives nothing                   |
        | syncing what is above /a/b/r  | directory on 5; #3; done; done; directory on 5; #4; EROFS; done | gives nothing                   |
        | syncing what is above /a/b/r  | directory on 5; #3; done; done; directory on 5; #4; EINVAL; done | gives nothing                  |
        | syncing what is above /a/b/r  | directory on 5; #3; done; done; directory on 5; #4; EIO; done   | fails with a failed sync of a folder: EIO |
        | syncing what is above /a/b/r  | directory on 5; #3; done; done; directory on 5; EMFILE          | fails with EMFILE               |

  @CAT-LCK-1201
  Rule: A path is one, whatever leads to it, and a folder is made where it is missing

    Scenario: A folder is made with those above it that are missing
      When making the folder /a/b meets these answers
        | Stat /a/b                   | nothing   |
        | Stat /a                     | nothing   |
        | Stat /                      | directory |
        | MakeDirectory /a mode 700   | EEXIST    |
        | MakeDirectory /a/b mode 700 | done      |
      Then the program gives nothing

    Scenario Outline: Of a disk that says "<answers>": <program>
      Then <program>, of which the disk says "<answers>", <outcome>

      Examples:
        | program                       | answers                                            | outcome                                      |
        | making the folder /a/b        | directory                                          | gives nothing                                |
        | making the folder /a/b        | nothing; directory; EACCES                         | fails with EACCES                            |
        | making the folder / at all    | nothing; EEXIST                                    | gives nothing                                |
        | the canonical path of /a/b/c  | /x/c                                               | gives "/x/c"                                 |
        | the canonical path of /a/b/c  | nothing; nothing; /x                               | gives "/x/b/c"                               |
        | the canonical path of /       | nothing                                            | gives "/"                                    |
        | the canonical path of /a/b/c  | EACCES                                             | fails with EACCES                            |
