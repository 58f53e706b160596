Feature: What the programs of locks ask for, step by step

  The kernel's lock dies with its process; where there is none, a record names the owner. Here each program of a lock meets a disk of
  which every answer is written down. T0, T1 are the tokens that a process draws, T5 is another's.

  @CAT-LCK-1201 @CAT-LCK-1202
  Rule: The kernel's lock is taken on a file that names its holder

    Scenario: Who has the lock says who it is
      When a lock that is wanted for 0 ms meets these answers
        | Open update-or-create /r/lock mode 600 | #3   |
        | Lock lock #3                           | true |
        | Stat stat-handle #3                    | file |
        | Write #3 150 bytes at 0 the record of T0 | all  |
        | Truncate #3 to 150                     | done |
      Then the program gives {"kind":"kernel","handle":3}

    Scenario: Who has it for a moment says nothing
      When a brief lock meets these answers
        | Open update-or-create /r/lock mode 600 | #3   |
        | Lock lock #3                           | true |
      Then the program gives {"kind":"kernel","handle":3}

    Scenario: Who waits looks at once, then now and then, and at the end asks who has it
      When a lock that is wanted for 5 ms meets these answers
        | Open update-or-create /r/lock mode 600 | #3                |
        | Lock lock #3                           | false             |
        | Close close #3                         | done              |
        | Wait 0.026 ms                          | 1.99 ms pass      |
        | Open update-or-create /r/lock mode 600 | #3                |
        | Lock lock #3                           | false             |
        | Close close #3                         | done              |
        | Wait 0.026 ms                          | 0.01 ms pass      |
        | Open update-or-create /r/lock mode 600 | #3                |
        | Lock lock #3                           | false             |
        | Close close #3                         | done              |
        | Wait 3 ms                              | 2.5 ms pass       |
        | Open update-or-create /r/lock mode 600 | #3                |
        | Lock lock #3                           | false             |
        | Close close #3                         | done              |
        | Wait 1 ms                              | 0.5 ms pass       |
        | Open update-or-create /r/lock mode 600 | #3                |
        | Lock lock #3                           | false             |
        | Stat stat-handle #3                    | file of 150       |
        | Read #3 150 bytes at 0                 | the record of T5  |
        | Close close #3                         | done              |
      Then the program fails with Busy: /r/lock is held by process 9 on here (other) since 2026-01-01T00:00:00.000Z; waited 5 ms
      And its details name process 9 on "here", "other" since "2026-01-01T00:00:00.000Z"

    Scenario: Who has waited for long looks as often as can be
      When a lock that is wanted for 1000 ms meets these answers
        | Open update-or-create /r/lock mode 600 | #3          |
        | Lock lock #3                           | false       |
        | Close close #3                         | done        |
        | Wait 0.026 ms                          | 199 ms pass |
        | Open update-or-create /r/lock mode 600 | #3          |
        | Lock lock #3                           | false       |
        | Close close #3                         | done        |
        | Wait 3 ms                              | 1 ms pass   |
        | Open update-or-create /r/lock mode 600 | #3          |
        | Lock lock #3                           | false       |
        | Close close #3                         | done        |
        | Wait 1 ms                              | 1 ms pass   |
        | Open update-or-create /r/lock mode 600 | #3          |
        | Lock lock #3                           | true        |
        | Stat stat-handle #3                    | file        |
        | Write #3 150 bytes at 0 the record of T0 | all         |
        | Truncate #3 to 150                     | done        |
      Then the program gives {"kind":"kernel","handle":3}

    Scenario: The last pause is what is left of the time, or a millisecond
      When a lock that is wanted for 5 ms meets these answers
        | Open update-or-create /r/lock mode 600 | #3          |
        | Lock lock #3                           | false       |
        | Close close #3                         | done        |
        | Wait 0.026 ms                          | 3 ms pass   |
        | Open update-or-create /r/lock mode 600 | #3          |
        | Lock lock #3                           | false       |
        | Close close #3                         | done        |
        | Wait 2 ms                              | 2 ms pass   |
        | Open update-or-create /r/lock mode 600 | #3          |
        | Lock lock #3                           | false       |
        | Stat stat-handle #3                    | file of 2   |
        | Read #3 2 bytes at 0                   | "{}"        |
        | Close close #3                         | done        |
      Then the program fails with Busy: /r/lock is held by another process; waited 5 ms

    @CAT-PLT-4003
    Scenario: Where opening follows links there is a look before
      Given a machine on which opening follows links
      When a brief lock meets these answers
        | Stat /r/lock                           | nothing |
        | Open update-or-create /r/lock mode 600 | #3      |
        | Lock lock #3                           | true    |
      Then the program gives {"kind":"kernel","handle":3}

    @CAT-SEC-6002
    Scenario: A link is not followed, nor looked through
      Given a machine on which opening follows links
      When a brief lock meets these answers
        | Stat /r/lock | symlink |
      Then the program fails with UnsafeRoot: the lock /r/lock is not one of ours: it is a symbolic link
      And its details are {"path":"/r/lock","reason":"it is a symbolic link"}

    @CAT-SEC-6002
    Scenario Outline: What lies where the lock should be is refused where the disk says "<answers>"
      Then <program>, of which the disk says "<answers>", <outcome>

      Examples:
        | program                          | answers                                          | outcome                                |
        | a lock that is wanted for 0 ms   | ELOOP                                            | fails with UnsafeRoot: the lock /r/lock is not one of ours: it is a symbolic link |
        | a lock that is wanted for 0 ms   | #3; true; file with 2 names; done                | fails with UnsafeRoot: the lock /r/lock is not one of ours: it has 2 names |
        | a lock that is wanted for 0 ms   | #3; true; other; done                            | fails with UnsafeRoot: the lock /r/lock is not one of ours: it is no file |

    Scenario Outline: The kernel's lock where the disk says "<answers>": <program>
      Then <program>, of which the disk says "<answers>", <outcome>

      Examples:
        | program                          | answers                                          | outcome                                |
        | a lock that is wanted for 0 ms   | EACCES                                           | fails with EACCES                      |
        | a lock that is wanted for 0 ms   | #3; EIO; done                                    | fails with EIO                         |
        | a lock that is wanted for 0 ms   | #3; true; file; ENOSPC                           | gives {"kind":"kernel","handle":3}     |
        | a lock that is wanted for 0 ms   | #3; true; file; all; EIO                         | gives {"kind":"kernel","handle":3}     |
        | a lock that is wanted for 0 ms   | #3; true; EIO; done                              | fails with EIO                         |
        | a lock that is wanted for 0 ms   | #3; false; file of 4; "half"; done               | fails with Busy: /r/lock is held by another process; waited 0 ms |
        | a lock that is wanted for 0 ms   | #3; false; EIO; done                             | fails with EIO                         |
        | a lock if it is free             | #3; false; done                                  | gives nothing                          |
        | a lock if it is free             | #3; true; file; all; done                        | gives {"kind":"kernel","handle":3}     |
        | giving back the kernel's lock #3 | EIO                                              | gives nothing                          |

  @CAT-LCK-1201
  Rule: Where the kernel has no lock, a record is the lock

    Scenario: A record appears whole, beside the file of the lock
      When a lock if it is free meets these answers
        | Open update-or-create /r/lock mode 600        | #3          |
        | Lock lock #3                                  | unsupported |
        | Close close #3                                | done        |
        | Open create /r/lock.owner.T0.tmp mode 600     | #4          |
        | Write #4 150 bytes at 0 the record of T0      | all         |
        | Close close #4                                | done        |
        | Link /r/lock.owner.T0.tmp -> /r/lock.owner    | done        |
        | RemoveFile /r/lock.owner.T0.tmp               | done        |
      Then the program gives {"kind":"owner","path":"/r/lock.owner","token":"T0"}

    Scenario: A living owner keeps it
      When an owner's lock meets these answers
        | Open create /r/lock.owner.T0.tmp mode 600  | #4               |
        | Write #4 150 bytes at 0 the record of T0   | all              |
        | Close close #4                             | done             |
        | Link /r/lock.owner.T0.tmp -> /r/lock.owner | EEXIST           |
        | RemoveFile /r/lock.owner.T0.tmp            | done             |
        | Open read /r/lock.owner                    | #4               |
        | Stat stat-handle #4                        | file             |
        | Stat stat-handle #4                        | file of 150      |
        | Read #4 150 bytes at 0                     | the record of T5 |
        | Close close #4                             | done             |
      Then the program gives {"heldBy":{"pid":9,"host":"here","command":"other","boot_id":"boot","pid_namespace":"space","since":"2026-01-01T00:00:00.000Z","token":"T5"},"wasOver":false}

    Scenario: A dead owner's record goes by the hand of the one who has the right to remove it
      Given a machine on which every other owner is dead
      When a lock if it is free meets these answers
        | Open update-or-create /r/lock mode 600                        | #3               |
        | Lock lock #3                                                  | unsupported      |
        | Close close #3                                                | done             |
        | Open create /r/lock.owner.T0.tmp mode 600                     | #4               |
        | Write #4 150 bytes at 0 the record of T0                      | all              |
        | Close close #4                                                | done             |
        | Link /r/lock.owner.T0.tmp -> /r/lock.owner                    | EEXIST           |
        | RemoveFile /r/lock.owner.T0.tmp                               | done             |
        | Open read /r/lock.owner                                       | #4               |
        | Stat stat-handle #4                                           | file             |
        | Stat stat-handle #4                                           | file of 150      |
        | Read #4 150 bytes at 0                                        | the record of T5 |
        | Close close #4                                                | done             |
        | Open create /r/lock.owner.T1.tmp mode 600                     | #4               |
        | Write #4 150 bytes at 0 the record of T1                      | all              |
        | Close close #4                                                | done             |
        | Link /r/lock.owner.T1.tmp -> /r/lock.owner.right-to-T5.tmp    | done             |
        | RemoveFile /r/lock.owner.T1.tmp                               | done             |
        | Open read /r/lock.owner                                       | #4               |
        | Stat stat-handle #4                                           | file             |
        | Stat stat-handle #4                                           | file of 150      |
        | Read #4 150 bytes at 0                                        | the record of T5 |
        | Close close #4                                                | done             |
        | RemoveFile /r/lock.owner                                      | done             |
        | RemoveFile /r/lock.owner.right-to-T5.tmp                      | done             |
        | Open create /r/lock.owner.T2.tmp mode 600                     | #4               |
        | Write #4 150 bytes at 0 the record of T2                      | all              |
        | Close close #4                                                | done             |
        | Link /r/lock.owner.T2.tmp -> /r/lock.owner                    | done             |
        | RemoveFile /r/lock.owner.T2.tmp                               | done             |
      Then the program gives {"kind":"owner","path":"/r/lock.owner","token":"T2"}

    Scenario: The right of a dead process is removed likewise, and the record stays for the next try
      Given a machine on which every other owner is dead
      When an owner's lock meets these answers
        | Open create /r/lock.owner.T0.tmp mode 600                       | #4               |
        | Write #4 150 bytes at 0 the record of T0                        | all              |
        | Close close #4                                                  | done             |
        | Link /r/lock.owner.T0.tmp -> /r/lock.owner                      | EEXIST           |
        | RemoveFile /r/lock.owner.T0.tmp                                 | done             |
        | Open read /r/lock.owner                                         | #4               |
        | Stat stat-handle #4                                             | file             |
        | Stat stat-handle #4                                             | file of 150      |
        | Read #4 150 bytes at 0                                          | the record of T5 |
        | Close close #4                                                  | done             |
        | Open create /r/lock.owner.T1.tmp mode 600                       | #4               |
        | Write #4 150 bytes at 0 the record of T1                        | all              |
        | Close close #4                                                  | done             |
        | Link /r/lock.owner.T1.tmp -> /r/lock.owner.right-to-T5.tmp      | EEXIST           |
        | RemoveFile /r/lock.owner.T1.tmp                                 | done             |
        | Open read /r/lock.owner.right-to-T5.tmp                         | #4               |
        | Stat stat-handle #4                                             | file             |
        | Stat stat-handle #4                                             | file of 150      |
        | Read #4 150 bytes at 0                                          | the record of T6 |
        | Close close #4                                                  | done             |
        | Open create /r/lock.owner.T2.tmp mode 600                       | #4               |
        | Write #4 150 bytes at 0 the record of T2                        | all              |
        | Close close #4                                                  | done             |
        | Link /r/lock.owner.T2.tmp -> /r/lock.owner.right-to-T6.tmp      | done             |
        | RemoveFile /r/lock.owner.T2.tmp                                 | done             |
        | Open read /r/lock.owner.right-to-T5.tmp                         | #4               |
        | Stat stat-handle #4                                             | file             |
        | Stat stat-handle #4                                             | file of 150      |
        | Read #4 150 bytes at 0                                          | the record of T6 |
        | Close close #4                                                  | done             |
        | RemoveFile /r/lock.owner.right-to-T5.tmp                        | done             |
        | RemoveFile /r/lock.owner.right-to-T6.tmp                        | done             |
      Then the program gives {"heldBy":{"pid":9,"host":"here","command":"other","boot_id":"boot","pid_namespace":"space","since":"2026-01-01T00:00:00.000Z","token":"T5"},"wasOver":true}

    Scenario: A record of nobody that is older than an hour is removed by who has the right to
      When an owner's lock meets these answers
        | Open create /r/lock.owner.T0.tmp mode 600                        | #4                          |
        | Write #4 150 bytes at 0 the record of T0                         | all                         |
        | Close close #4                                                   | done                        |
        | Link /r/lock.owner.T0.tmp -> /r/lock.owner                       | EEXIST                      |
        | RemoveFile /r/lock.owner.T0.tmp                                  | done                        |
        | Open read /r/lock.owner                                          | #4                          |
        | Stat stat-handle #4                                              | file from 3600001 ms before |
        | Stat stat-handle #4                                              | file of 4                   |
        | Read #4 4 bytes at 0                                             | "half"                      |
        | Close close #4                                                   | done                        |
        | Open create /r/lock.owner.T1.tmp mode 600                        | #4                          |
        | Write #4 150 bytes at 0 the record of T1                         | all                         |
        | Close close #4                                                   | done                        |
        | Link /r/lock.owner.T1.tmp -> /r/lock.owner.right-to-nobody.tmp   | done                        |
        | RemoveFile /r/lock.owner.T1.tmp                                  | done                        |
        | Open read /r/lock.owner                                          | #4                          |
        | Stat stat-handle #4                                              | file from 3600001 ms before |
        | Stat stat-handle #4                                              | file of 4                   |
        | Read #4 4 bytes at 0                                             | "half"                      |
        | Close close #4                                                   | done                        |
        | RemoveFile /r/lock.owner                                         | done                        |
        | RemoveFile /r/lock.owner.right-to-nobody.tmp                     | done                        |
      Then the program gives {"wasOver":true}

    Scenario: Who gives a lock back removes its own record and no other
      When giving back an owner's lock meets these answers
        | Open create /r/lock.owner.T0.tmp mode 600                  | #4               |
        | Write #4 150 bytes at 0 the record of T0                   | all              |
        | Close close #4                                             | done             |
        | Link /r/lock.owner.T0.tmp -> /r/lock.owner.right-to-T0.tmp | done             |
        | RemoveFile /r/lock.owner.T0.tmp                            | done             |
        | Open read /r/lock.owner                                    | #4               |
        | Stat stat-handle #4                                        | file             |
        | Stat stat-handle #4                                        | file of 150      |
        | Read #4 150 bytes at 0                                     | the record of T5 |
        | Close close #4                                             | done             |
        | RemoveFile /r/lock.owner.right-to-T0.tmp                   | done             |
      Then the program gives nothing

    Scenario: A record that the disk kept its owner from removing is a dead one's to this process alone
      When an owner's lock that was given back before meets these answers
        | Open create /r/lock.owner.T0.tmp mode 600                  | EROFS            |
        | RemoveFile /r/lock.owner.T0.tmp                            | ENOENT           |
        | Open create /r/lock.owner.T1.tmp mode 600                  | #4               |
        | Write #4 150 bytes at 0 the record of T1                   | all              |
        | Close close #4                                             | done             |
        | Link /r/lock.owner.T1.tmp -> /r/lock.owner                 | EEXIST           |
        | RemoveFile /r/lock.owner.T1.tmp                            | done             |
        | Open read /r/lock.owner                                    | #4               |
        | Stat stat-handle #4                                        | file             |
        | Stat stat-handle #4                                        | file of 150      |
        | Read #4 150 bytes at 0                                     | the record of T0 |
        | Close close #4                                             | done             |
        | Open create /r/lock.owner.T2.tmp mode 600                  | #4               |
        | Write #4 150 bytes at 0 the record of T2                   | all              |
        | Close close #4                                             | done             |
        | Link /r/lock.owner.T2.tmp -> /r/lock.owner.right-to-T0.tmp | done             |
        | RemoveFile /r/lock.owner.T2.tmp                            | done             |
        | Open read /r/lock.owner                                    | #4               |
        | Stat stat-handle #4                                        | file             |
        | Stat stat-handle #4                                        | file of 150      |
        | Read #4 150 bytes at 0                                     | the record of T0 |
        | Close close #4                                             | done             |
        | RemoveFile /r/lock.owner                                   | done             |
        | RemoveFile /r/lock.owner.right-to-T0.tmp                   | done             |
      Then the program gives {"heldBy":{"pid":9,"host":"here","command":"other","boot_id":"boot","pid_namespace":"space","since":"2026-01-01T00:00:00.000Z","token":"T0"},"wasOver":true}

    Scenario: A record whose name may have been given, and could not be looked at, was given up
      When an owner's lock that is wanted twice meets these answers
        | Open create /r/lock.owner.T0.tmp mode 600                  | #4               |
        | Write #4 150 bytes at 0 the record of T0                   | all              |
        | Close close #4                                             | done             |
        | Link /r/lock.owner.T0.tmp -> /r/lock.owner                 | EIO              |
        | Open read /r/lock.owner                                    | EIO              |
        | RemoveFile /r/lock.owner.T0.tmp                            | done             |
        | Open create /r/lock.owner.T1.tmp mode 600                  | #4               |
        | Write #4 150 bytes at 0 the record of T1                   | all              |
        | Close close #4                                             | done             |
        | Link /r/lock.owner.T1.tmp -> /r/lock.owner                 | EEXIST           |
        | RemoveFile /r/lock.owner.T1.tmp                            | done             |
        | Open read /r/lock.owner                                    | #4               |
        | Stat stat-handle #4                                        | file             |
        | Stat stat-handle #4                                        | file of 150      |
        | Read #4 150 bytes at 0                                     | the record of T0 |
        | Close close #4                                             | done             |
        | Open create /r/lock.owner.T2.tmp mode 600                  | #4               |
        | Write #4 150 bytes at 0 the record of T2                   | all              |
        | Close close #4                                             | done             |
        | Link /r/lock.owner.T2.tmp -> /r/lock.owner.right-to-T0.tmp | done             |
        | RemoveFile /r/lock.owner.T2.tmp                            | done             |
        | Open read /r/lock.owner                                    | #4               |
        | Stat stat-handle #4                                        | file             |
        | Stat stat-handle #4                                        | file of 150      |
        | Read #4 150 bytes at 0                                     | the record of T0 |
        | Close close #4                                             | done             |
        | RemoveFile /r/lock.owner                                   | done             |
        | RemoveFile /r/lock.owner.right-to-T0.tmp                   | done             |
      Then the program gives ["EIO",{"heldBy":{"pid":9,"host":"here","command":"other","boot_id":"boot","pid_namespace":"space","since":"2026-01-01T00:00:00.000Z","token":"T0"},"wasOver":true}]

    Scenario Outline: An owner's lock where the disk says "<answers>": <program>
      Then <program>, of which the disk says "<answers>", <outcome>

      Examples:
        | program                   | answers                                                                    | outcome                                                   |
        | an owner's lock           | #4; all; done; done; EIO                                                   | gives {"path":"/r/lock.owner","token":"T0"}               |
        | an owner's lock           | EROFS; ENOENT                                                              | fails with EROFS                                          |
        | an owner's lock           | #4; ENOSPC; done; done                                                     | fails with ENOSPC                                         |
        | an owner's lock           | #4; all; done; EEXIST; done; ENOENT                                        | gives {"wasOver":true}                                    |
        | an owner's lock           | #4; all; done; EEXIST; done; ELOOP                                         | fails with UnsafeRoot: the lock /r/lock.owner is not one of ours: it is a symbolic link |
        | an owner's lock           | #4; all; done; EIO; #4; file of 150; the record of T0; done; done          | gives {"path":"/r/lock.owner","token":"T0"}               |
        | an owner's lock           | #4; all; done; EIO; #4; file of 150; the record of T5; done; done          | fails with EIO                                            |
        | an owner's lock           | #4; all; done; EIO; ENOENT; done                                           | fails with EIO                                            |
        | an owner's lock           | #4; all; done; EEXIST; done; #4; file from 3600000 ms before; file of 4; "half"; done | gives {"wasOver":false}                        |
        | an owner's lock           | #4; all; done; EEXIST; done; #4; file; EIO; done                           | fails with EIO                                            |
        | breaking an owner's lock  | done                                                                       | gives nothing                                             |
        | breaking an owner's lock  | ENOENT                                                                     | gives nothing                                             |
        | breaking an owner's lock  | EROFS                                                                      | fails with EROFS                                          |
        | reading who owns a lock   | ENOENT                                                                     | gives nothing                                             |
        | reading who owns a lock   | #4; file of 4; "half"; done                                                | gives nothing                                             |
        | giving back an owner's lock | EROFS; ENOENT                                                            | gives nothing                                             |
        | giving back an owner's lock | #4; all; done; done; done; ENOENT; done                                  | gives nothing                                             |
        | giving back an owner's lock | #4; all; done; done; done; EIO; done                                     | gives nothing                                             |
        | giving back an owner's lock | #4; all; done; done; done; EIO; EIO                                      | gives nothing                                             |
        | giving back an owner's lock | #4; all; done; EEXIST; done; ENOENT                                      | gives nothing                                             |
        | giving back an owner's lock | #4; all; done; EEXIST; done; #4; file; file of 150; the record of T5; done | gives nothing                                           |

  @CAT-BLB-2107
  Rule: A file in ingest that its maker has locked has its name, and no other than its maker removes it

    Scenario: Who had a new file taken away makes it again
      When a new file that is locked meets these answers
        | Open create /r/a mode 600 | #3                |
        | Lock lock #3              | true              |
        | Stat stat-handle #3       | file with 0 names |
        | Close close #3            | done              |
        | Open create /r/a mode 600 | #4                |
        | Lock lock #4              | false             |
        | Wait 1 ms                 | done              |
        | Lock lock #4              | true              |
        | Stat stat-handle #4       | file              |
      Then the program gives 4

    Scenario: What cannot be looked at is given up
      When a new file that is locked meets these answers
        | Open create /r/a mode 600 | #3   |
        | Lock lock #3              | true |
        | Stat stat-handle #3       | EIO  |
        | RemoveFile /r/a           | done |
        | Close close #3            | done |
      Then the program fails with EIO

    Scenario: Nobody gets the lock of a file that is being removed
      When removing /r/a unless it is held meets these answers
        | Open read /r/a      | #3   |
        | Lock lock #3 shared | true |
        | Stat /r/a as #3     | true |
        | RemoveFile /r/a     | done |
        | Close close #3      | done |
      Then the program gives "removed"

    Scenario Outline: <program>, where the disk says "<answers>"
      Then <program>, of which the disk says "<answers>", gives <outcome>

      Examples:
        | program                                    | answers                              | outcome   |
        | removing /r/a unless it is held            | ENOENT                               | "gone"    |
        | removing /r/a unless it is held            | #3; false; done                      | "wanted"  |
        | removing /r/a unless it is held            | #3; true; false; done                | "gone"    |
        | removing /r/a unless it is held            | #3; true; true; ENOENT; done         | "gone"    |
        | removing /r/a unless it is held            | #3; unsupported; true; done; done    | "removed" |
        | removing /r/a unless it is held, or wanted | #3; true; true; done                 | "wanted"  |
        | asking whether somebody holds /r/a         | file; #3; false; done                | true      |
        | asking whether somebody holds /r/a         | file; #3; true; done                 | false     |
        | asking whether somebody holds /r/a         | file; #3; unsupported; done          | nothing   |
        | asking whether somebody holds /r/a         | file; ENOENT                         | false     |
        | asking whether somebody holds /r/a         | symlink                              | false     |
        | asking whether somebody holds /r/a         | nothing                              | false     |

  @CAT-PRV-2501
  Rule: A flight is had by its name

    Scenario: Who cannot look whether the name is still there gives the lock back
      When a flight meets these answers
        | Stat /r/leases                                                           | directory |
        | Open directory /r                                                        | #3        |
        | SyncDirectory sync #3                                                    | done      |
        | Close close #3                                                           | done      |
        | Open update-or-create /r/leases/8254c329a92850f6d539dd376f4816ee.flight mode 600 | #4 |
        | Lock lock #4                                                             | true      |
        | Stat stat-handle #4                                                      | file      |
        | Write #4 150 bytes at 0 the record of T0                                 | all       |
        | Truncate #4 to 150                                                       | done      |
        | Stat /r/leases/8254c329a92850f6d539dd376f4816ee.flight                   | EIO       |
        | Close close #4                                                           | done      |
      Then the program fails with EIO

    Scenario: A name that somebody took since it was found dead stays
      When removing a dead flight meets these answers
        | Stat /r/leases                            | directory |
        | Stat /r/leases/f.flight                   | file      |
        | Open update-or-create /r/leases/f.flight mode 600 | #3 |
        | Lock lock #3                              | true      |
        | Stat stat-handle #3                       | file      |
        | Write #3 150 bytes at 0 the record of T0  | all       |
        | Truncate #3 to 150                        | done      |
        | Stat /r/leases/f.flight                   | file on 2 |
        | Stat stat-handle #3                       | file      |
        | Close close #3                            | done      |
      Then the program gives false

    Scenario Outline: A dead flight, where the disk says "<answers>"
      Then removing a dead flight, of which the disk says "<answers>", gives <outcome>

      Examples:
        | answers                                                           | outcome |
        | directory; nothing                                                | false   |
        | directory; file; #3; false; done                                  | false   |
        | directory; file; #3; true; file; all; done; file; file; done; done | true   |
