Feature: Disks that fail

  Whatever the disk answers: an error is told as what it is, what was acknowledged stays, what was refused is absent, and nothing is
  half done.

  @CAT-IDX-1113
  Rule: A full disk refuses what it cannot hold, and loses nothing

    Scenario: A put onto a full file system is refused, and the same handle puts again once there is room
      Given a file system of 8 MiB
      And a healthy catalog
      And no byte of its file system is free
      When a model is put
      Then the call is refused with NoSpace, caused by ENOSPC
      And the refusal has the exit code 7 and names ENOSPC
      And nothing in it has changed
      And no temp remains
      And every read gives what it gave before
      When there is room again
      Then the same handle and a new one can write

    Scenario: The first put onto a full file system is refused, and the same handle makes the root once there is room
      Given a file system of 8 MiB
      And a catalog whose root is not made yet
      And no byte of its file system is free
      When a model is put
      Then the call is refused with NoSpace, caused by ENOSPC
      And no temp remains
      When there is room again
      Then the same handle and a new one can write

    Scenario: An add onto a full file system is refused, and leaves neither an entry nor bytes
      Given a file system of 8 MiB
      And a healthy catalog
      And a file of 1 MiB to add
      And no byte of its file system is free
      When that file is added
      Then the add is refused with NoSpace, and told what it needs and that nothing is free
      And there is no entry and no byte of it
      When there is room again
      Then that file can be added

    @slow
    Scenario Outline: At whatever byte a full disk stops <operation>, nothing of it is there, and the next try does it
      When <operation> meets a full disk after each of its bytes
      Then each of at least <bytes> times it was refused with NoSpace, left all as it was, and was done once there was room

      Examples:
        | operation                  | bytes |
        | a put                      | 700   |
        | an overwrite               | 500   |
        | the first put under a root | 800   |

    @forks
    Scenario: A put beyond the size that a process may write is refused, and the next that fits is taken
      Given a process that may write files of 8 KiB
      When it puts a small model, a model of 9 KiB and a small model
      Then the model of 9 KiB alone is refused with NoSpace
      And the small models are there and no temp

  @CAT-IDX-1113
  Rule: An error at any step of a commit leaves it done or not done

    @slow
    Scenario Outline: <operation> that meets <errno> at any step is acknowledged and there, or refused and absent
      When <operation> meets <errno> once, before and after each of its steps
      Then each time it was there or absent as it was told, for every handle, and no temp remained

      Examples:
        | operation                  | errno  |
        | a put                      | EIO    |
        | a put                      | EACCES |
        | a put                      | EROFS  |
        | a put                      | EMFILE |
        | a put                      | EINTR  |
        | a put                      | ENOSPC |
        | a put                      | EDQUOT |
        | a put                      | EFBIG  |
        | an overwrite               | EIO    |
        | an overwrite               | ENOSPC |
        | a delete                   | EIO    |
        | the first put under a root | EIO    |
        | the first put under a root | ENOSPC |
        | a put without hard links   | EIO    |

      @full
      Examples: the other pairs
        | operation                  | errno  |
        | an overwrite               | EACCES |
        | an overwrite               | EROFS  |
        | an overwrite               | EMFILE |
        | an overwrite               | EINTR  |
        | an overwrite               | EDQUOT |
        | an overwrite               | EFBIG  |
        | a delete                   | EACCES |
        | a delete                   | EROFS  |
        | a delete                   | EMFILE |
        | a delete                   | EINTR  |
        | a delete                   | ENOSPC |
        | the first put under a root | EACCES |
        | the first put under a root | EROFS  |
        | the first put under a root | EMFILE |
        | the first put under a root | EINTR  |
        | the first put under a root | EDQUOT |
        | the first put under a root | EFBIG  |
        | a put without hard links   | EACCES |
        | a put without hard links   | EROFS  |
        | a put without hard links   | EMFILE |
        | a put without hard links   | EINTR  |
        | a put without hard links   | ENOSPC |

    Scenario Outline: <operation> that meets <errno> from any step on is acknowledged and there, or refused and absent
      When <operation> meets <errno> from each of its steps on
      Then each time it was there or absent as it was told, for every handle, and the next writer removed what remained

      Examples:
        | operation                  | errno  |
        | a put                      | EIO    |
        | a put                      | EACCES |
        | a put                      | EROFS  |
        | a put                      | EMFILE |
        | a put                      | ENOSPC |
        | a delete                   | EIO    |
        | the first put under a root | EIO    |
        | the first put under a root | EROFS  |
        | a put without hard links   | EMFILE |

      @full
      Examples: the other pairs
        | operation                  | errno  |
        | an overwrite               | EIO    |
        | an overwrite               | EACCES |
        | an overwrite               | EROFS  |
        | an overwrite               | EMFILE |
        | an overwrite               | ENOSPC |
        | a delete                   | EACCES |
        | a delete                   | EROFS  |
        | a delete                   | EMFILE |
        | a delete                   | ENOSPC |
        | the first put under a root | EACCES |
        | the first put under a root | EMFILE |
        | the first put under a root | ENOSPC |
        | a put without hard links   | EIO    |
        | a put without hard links   | EACCES |
        | a put without hard links   | EROFS  |
        | a put without hard links   | ENOSPC |

    Scenario Outline: <operation> is never unknown for lack of descriptors
      When <operation> meets EMFILE from each of its steps on
      Then it was refused or acknowledged each time

      Examples:
        | operation                  |
        | a put                      |
        | the first put under a root |
        | a put without hard links   |

    Scenario Outline: After <operation> that could not be told, every handle that is opened agrees whether it was done
      When <operation> ends as CommitUnknown, and the power is cut in every way
      Then every handle that was opened then found it whole or not at all, and each of both was met

      Examples:
        | operation                |
        | a put                    |
        | a delete                 |
        | a put without hard links |

  @CAT-IDX-1113
  Rule: A sync that failed is not believed when it succeeds later

    Scenario Outline: A disk that tells once of lost <what> and then forgets it takes nothing away that <operation> acknowledged
      When each sync of <operation> fails once and forgets <what>, the catalog is opened again, written to, and loses power
      Then all that was acknowledged was there each time, and nothing that was refused

      Examples:
        | operation                  | what            |
        | a put                      | files and names |
        | an overwrite               | files and names |
        | a delete                   | files and names |
        | the first put under a root | files           |

  @CAT-IDX-1113
  Rule: What a process or a mount forbids for a while can be done afterwards

    @slow
    Scenario: With any few descriptors left a put is acknowledged and there, or refused and absent
      Given a process that may have 64 files open
      When it puts with 0 to 10 descriptors left
      Then each put was acknowledged and there, or refused with TooManyFiles and absent
      And its reads went on without a descriptor
      And it could put again each time when descriptors were free

    Scenario: A file system that becomes read-only and writable again is written to by the same handle
      Given a file system of 8 MiB
      And a healthy catalog, open in a handle that has read it
      When its file system becomes read-only
      And a model is put
      Then the call is refused with ReadOnly, caused by EROFS
      And every read gives what it gave before
      When its file system becomes writable
      Then the same handle and a new one can write

  @CAT-IDX-1118 @CAT-IDX-1113
  Rule: A catalog that vanished is not an empty one

    Scenario Outline: A <kind> handle whose root was removed reads no empty catalog and makes no new one
      Given a healthy catalog
      When it is opened again for <kind>
      And its root is removed
      Then every call of that handle is refused with <codes>
      And its root is not there

      Examples:
        | kind    | codes                    |
        | reading | IndexCorrupt or ReadOnly |
        | writing | IndexCorrupt             |

    Scenario: A handle that is opened where a catalog was removed begins a new one
      Given a healthy catalog
      When its root is removed
      And it is opened for writing and a model is put
      Then it is a finished root with that model alone

  @CAT-IDX-1111 @CAT-LCK-1201
  Rule: A reader needs no right to write

    Scenario: A catalog on a read-only file system is read whole, durably, and without its lock
      Given a file system of 8 MiB
      And a healthy catalog on it that is not open
      When its file system becomes read-only
      Then a read-only handle gives all of it as durable, and never opens the lock
      And not a byte, a mode nor a time below its root has changed

    Scenario: A writing handle on a read-only file system reads, and is refused with ReadOnly when it writes
      Given a file system of 8 MiB
      And a healthy catalog on it that is not open
      When its file system becomes read-only
      And it is opened again for writing
      Then every read gives what it gave before
      When a model is put
      Then the call is refused with ReadOnly, caused by EROFS

    Scenario: A writing open that would have to mend a read-only file system is refused with ReadOnly
      Given a file system of 8 MiB
      And a healthy catalog on it that is not open
      And a temp of a writer that died
      When its file system becomes read-only
      And it is tried to open it for writing
      Then the call is refused with ReadOnly, caused by EROFS

    @forks
    Scenario: A user who may not write reads the whole catalog without its lock, and changes nothing
      Given a healthy catalog that is not open
      And it belongs to a user who may not write to it
      When that user reads it in a process of its own
      Then that user saw all of it, and never opened the lock
      And not a byte, a mode nor a time below its root has changed

    @forks
    Scenario: A user who may not write is refused with PermissionDenied
      Given a healthy catalog that is not open
      And it belongs to a user who may not write to it
      When that user puts a model in a process of its own
      Then the put was refused with PermissionDenied
      And not a byte, a mode nor a time below its root has changed

    Scenario: A reader that may not sync what the index does not show says that it is not durable
      Given a simulated catalog whose index lags behind its newest generation
      Then a reader whose syncs are refused gives the newest, and says that it is not durable
      And a reader whose syncs are done gives the newest, and says that it is durable
