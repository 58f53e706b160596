Feature: What may befall a simulated machine

  Disks, clocks and processes fail in ways that cannot be had on demand. A simulated machine fails at the step that a test names, the
  same way each time, and goes on unharmed where no fault was set.

  Rule: Any error of the system can be had at any step

    @CAT-SIM-5004
    Scenario Outline: <error> is told by the step that was named, and by no other
      Given a simulated disk
      And a fault at the 2. step of the kind "Write": <error>
      When three files are written
      Then the steps that failed are: write /root/two
      And each of them failed with "<error>"

      Examples:
        | error        |
        | EIO          |
        | ENOSPC       |
        | EDQUOT       |
        | EROFS        |
        | EMFILE       |
        | ENFILE       |
        | EINTR        |
        | EACCES       |
        | EPERM        |
        | EXDEV        |
        | ELOOP        |
        | EFBIG        |
        | ENAMETOOLONG |
        | ESTALE       |

    @CAT-SIM-5004
    Scenario: Without a fault no step fails
      Given a simulated disk
      When three files are written
      Then no step failed

    @CAT-SIM-5004
    Scenario Outline: A fault counts only the steps that it was set for: <nth>. of <kinds> at <path>
      Given a simulated disk
      And a fault at the <nth>. step of the kind "<kinds>" that touches "<path>": EIO
      When three files are written
      Then the steps that failed are: <failed>

      Examples:
        | nth | kinds       | path        | failed               |
        | 1   |             | two$        | create /root/two     |
        | 3   |             | two$        | sync /root/two       |
        | 2   | Write, Sync |             | sync /root/one       |
        | 1   | Sync        | three       | sync /root/three     |
        | 1   | Rename      | two         | rename /root/two     |
        | 1   | Rename      | three.done$ | rename /root/three   |
        | 1   | Clone       |             | none                 |

    @CAT-SIM-5004
    Scenario: A fault that stays strikes from its step on until it is disarmed
      Given a simulated disk
      And a fault that stays, from the 2. step of the kind "Sync" on: EIO
      When three files are written
      Then the steps that failed are: sync /root/two, sync /root/three
      And no step fails once the disk is disarmed

    @CAT-SIM-5004
    Scenario Outline: An error comes before the effect of a step, or after it: <when>
      Given a simulated disk
      And a fault <when> the 1. step of the kind "Rename": EIO
      When three files are written
      Then the steps that failed are: rename /root/one
      And "/root/one" is <old> and "/root/one.done" is <new>

      Examples:
        | when   | old     | new     |
        | before | there   | missing |
        | after  | missing | there   |

    @CAT-SIM-5004
    Scenario: A file is closed whatever is said about it
      Given a simulated disk
      And a fault at the 1. step of the kind "Close": EIO
      When three files are written
      Then the steps that failed are: close /root/one
      And no handle is open

    @CAT-SIM-5004
    Scenario: An opening that is refused although it was performed leaves the file, and no handle
      Given a simulated disk
      And a fault after the 1. step of the kind "Open": EIO
      When three files are written
      Then the steps that failed are: create /root/one
      And "/root/one" is there and "/root/one.done" is missing
      And no handle is open

  Rule: Bytes may be fewer, other or older than was asked for

    @CAT-SIM-5004
    Scenario: A short write takes the first bytes, and says how many
      Given a simulated disk
      And a fault at the 2. step of the kind "Write": short after 3 bytes
      When three files are written
      Then the writes took 7, 3 and 7 bytes
      And "/root/two.done" holds "con"

    @CAT-SIM-5004
    Scenario: Without a fault a write takes all
      Given a simulated disk
      When three files are written
      Then the writes took 7, 7 and 7 bytes
      And "/root/two.done" holds "content"

    @CAT-SIM-5004
    Scenario Outline: A read that meets a fault: <fault>
      Given a simulated disk that holds the file "/root/a" with "first"
      And "second" is written into "/root/a" and synced, and then "third!"
      And a fault at the 1. step of the kind "Read": <fault>
      Then "/root/a" is read as "<struck>" and then as "<later>"
      And after a power cut it is read as "<durable>"

      Examples:
        | fault                        | struck | later  | durable |
        | short after 3 bytes          | thi    | third! | second  |
        | a bit that turned in the read | uhird! | third! | second  |
        | a bit that turned on the disk | uhird! | uhird! | recond  |
        | stale since the last write   | second | third! | second  |
        | stale since the last sync    | second | third! | second  |

    @CAT-SIM-5004
    Scenario: Without a fault a read gives what was written
      Given a simulated disk that holds the file "/root/a" with "first"
      And "second" is written into "/root/a" and synced, and then "third!"
      Then "/root/a" is read as "third!" and then as "third!"
      And after a power cut it is read as "second"

    @CAT-SIM-5004
    Scenario: What a stale read shows is the last write, or the last sync
      Given a simulated disk that holds the file "/root/a" with "first"
      And "second" is written into "/root/a" and synced, and then "third!"
      And "fourth" is written into "/root/a"
      When a fault is set at the 1. step of the kind "Read": stale since the last write
      And a fault is set at the 2. step of the kind "Read": stale since the last sync
      Then "/root/a" is read as "third!" and then as "second"

    @CAT-SIM-5004
    Scenario: A write is torn inside a chunk
      Given a simulated disk that holds the file "/root/a" with "ab"
      And a fault at the 1. step of the kind "Write": torn after 1 bytes
      When "AB" is written into "/root/a"
      Then a power cut leaves "/root/a" as one of: "ab", "AB", "Ab", "aB", "\0b", "\0B", "a\0", "A\0", "\0\0"

    @CAT-SIM-5004
    Scenario: Without a fault a chunk is written as one
      Given a simulated disk that holds the file "/root/a" with "ab"
      When "AB" is written into "/root/a"
      Then a power cut leaves "/root/a" as one of: "ab", "AB", "\0\0"

  Rule: A disk has room for so much

    @CAT-SIM-5004
    Scenario Outline: A disk that has 10 bytes left takes them, and then says <error>
      Given a simulated disk
      And a fault at the 1. step of the kind "Write": <fault>
      When three files are written
      Then the writes took 7, 3 and 0 bytes
      And the steps that failed are: write /root/three
      And each of them failed with "<error>"
      And the disk says that it has 0 bytes left

      Examples:
        | fault                  | error  |
        | 10 bytes left          | ENOSPC |
        | 10 bytes left of quota | EDQUOT |

    @CAT-SIM-5004
    Scenario: What is removed makes room, and a disk that is disarmed has room again
      Given a simulated disk
      And a fault at the 1. step of the kind "Write": 10 bytes left
      When three files are written
      And the file "/root/one.done" is unlinked
      Then the disk says that it has 7 bytes left
      And 9 bytes take the room of 7
      But 9 bytes take the room of 9 once the disk is disarmed

    @CAT-SIM-5004
    Scenario: A small disk is full when it is full, also after a power cut
      Given a simulated disk with room for 16 bytes
      Then the disk says that it has 16 bytes left of 16
      When three files are written
      Then the writes took 7, 7 and 2 bytes
      And the disk says that it has 0 bytes left of 16
      And after a power cut that loses nothing it is as full

    @CAT-SIM-5004
    Scenario: What is written over takes no room
      Given a simulated disk with room for 7 bytes
      When three files are written
      Then "CONTENT" written over "/root/one.done" takes 7 bytes

  Rule: A disk may lose what it was given

    @CAT-SIM-5004
    Scenario Outline: A sync that failed is tried again: <fault>
      Given a simulated disk that holds the file "/root/a" with "before"
      And a fault at the 1. step of the kind "Sync": <fault>
      When "AFTER!" is written into "/root/a"
      Then its sync fails with "EIO", and the next one succeeds
      And "/root/a" holds "AFTER!"
      And a power cut leaves "/root/a" as one of: "<durable>"

      Examples:
        | fault                              | durable |
        | EIO                                | AFTER!  |
        | a sync that fails and drops        | before  |

    @CAT-SIM-5004
    Scenario: Without a fault a sync makes durable what was written
      Given a simulated disk that holds the file "/root/a" with "before"
      When "AFTER!" is written into "/root/a"
      Then its sync succeeds
      And a power cut leaves "/root/a" as one of: "AFTER!"

    @CAT-SIM-5004
    Scenario Outline: What a sync dropped is lost, what is written later is not: <profile>
      Given a simulated disk of the profile "<profile>" that holds the file "/root/a" with "before"
      And a fault at the 1. step of the kind "Sync": a sync that fails and drops
      When "AFTER!" is written into "/root/a"
      Then its sync fails with "EIO", and the next one succeeds
      When "ta" is written into "/root/a"
      Then its sync succeeds
      And "/root/a" holds "taTER!"
      And a power cut leaves "/root/a" as one of: "<durable>"

      Examples:
        | profile       | durable |
        | posix-weak    | tafore  |
        | posix-ordered | tafore  |
        | ext4-ordered  | tafore  |
        | ntfs-like     | tafore  |
        | process-kill  | taTER!  |

    @CAT-SIM-5004
    Scenario Outline: Names are lost that everybody saw, and that were synced: <profile>, <fault>
      Given a simulated disk of the profile "<profile>" that holds the file "/root/a" with "old"
      And a fault at the 1. step of the kind "<kind>": <fault>
      When "/root/b" is made, "/root/a" is removed, and the directory is synced until that succeeds
      Then "/root/a" is missing and "/root/b" is there
      And a power cut leaves "/root/a" as one of: <a>
      And a power cut leaves "/root/b" as one of: <b>

      Examples:
        | profile       | kind          | fault                       | a       | b       |
        | posix-weak    | Link          | EIO                         | missing | ""      |
        | posix-weak    | SyncDirectory | EIO                         | missing | ""      |
        | posix-weak    | SyncDirectory | a sync that fails and drops | "old"   | missing |
        | posix-weak    | Open          | an entry that is lost       | missing | missing |
        | posix-weak    | RemoveFile    | an entry that is lost       | "old"   | ""      |
        | posix-ordered | SyncDirectory | a sync that fails and drops | "old"   | missing |
        | posix-ordered | RemoveFile    | an entry that is lost       | "old"   | ""      |
        | ext4-ordered  | Open          | an entry that is lost       | missing | missing |
        | ext4-ordered  | RemoveFile    | an entry that is lost       | "old"   | ""      |

    @CAT-SIM-5004
    Scenario: A rename that is lost leaves the old name after a crash
      Given a simulated disk that holds the file "/root/a" with "old"
      And a fault at the 1. step of the kind "Rename": an entry that is lost
      When "/root/a" is renamed to "/root/b"
      And the directory "/root" is synced
      Then "/root/a" is missing and "/root/b" is there
      And a power cut leaves "/root/a" as one of: "old"
      And a power cut leaves "/root/b" as one of: missing

  Rule: A process may stand still

    @CAT-SIM-5004
    Scenario Outline: A process that is paused does nothing until it is resumed: <when>
      Given a simulated disk that holds the file "/root/a" with "before"
      And a fault <when> the 1. step of the kind "Write": a pause
      When one process locks "/root/a" and writes "AFTER!"
      Then "/root/a" holds "<meanwhile>" and nobody else can lock it
      And the paused process does nothing more
      And once it is resumed it goes on, and "/root/a" holds "AFTER!"

      Examples:
        | when   | meanwhile |
        | before | before    |
        | after  | AFTER!    |

    @CAT-SIM-5004
    Scenario: Without a fault a process does not wait
      Given a simulated disk that holds the file "/root/a" with "before"
      When one process locks "/root/a" and writes "AFTER!"
      Then it did not wait

    @CAT-SIM-5004
    Scenario: A process that is killed while it is paused never performs what it was at
      Given a simulated disk that holds the file "/root/a" with "before"
      And a fault before the 1. step of the kind "Write": a pause
      When one process locks "/root/a" and writes "AFTER!"
      And it is killed and resumed
      Then its write failed, and "/root/a" holds "before" and can be locked

  Rule: A clock may jump, and time does not

    @CAT-SIM-5004
    Scenario Outline: The clock jumps by <ms> ms <when> a step, and monotonic time goes on
      Given a simulated disk that holds the file "/root/a" with "before"
      And a fault <when> the 1. step of the kind "Write": a clock jump of <ms> ms
      When "AFTER!" is written into "/root/a"
      Then the clock shows <ms> ms more, the time of the file <shown> ms more, and monotonic time has gone on by less than 1 ms

      Examples:
        | ms       | when   | shown    |
        | 3600000  | before | 3600000  |
        | 3600000  | after  | 0        |
        | -3600000 | before | -3600000 |

    @CAT-SIM-5004
    Scenario: Without a fault the clock goes on with the steps
      Given a simulated disk that holds the file "/root/a" with "before"
      When "AFTER!" is written into "/root/a"
      Then the clock shows 0 ms more, the time of the file 0 ms more, and monotonic time has gone on by less than 1 ms

    @CAT-SIM-5004
    Scenario: A wait moves clock and time alike
      Given a simulated disk whose clock shows 1000 ms
      When a process waits 250 ms, and the clock is set back by 5000 ms, and it waits 250 ms again
      Then the clock shows -3500 ms and 500 ms have gone by

    @CAT-SIM-5004
    Scenario Outline: Parts of a millisecond pass, and times can be told still: <what>
      Given a simulated disk that holds the file "/root/a" with "before"
      When <what>
      And "AFTER!" is written into "/root/a"
      Then the clock shows 0 ms more, the time of the file 0 ms more, and monotonic time has gone on by less than 1 ms

      Examples:
        | what                                |
        | a process waits 0.1234567 ms        |
        | a process awaits a change for 0.1234567 ms |
        | the clock is set forward by 0.1234567 ms   |
        | the clock is set back by 0.1234567 ms      |
