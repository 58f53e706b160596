@slow
Feature: Every operation meets every error at every one of its steps

  An operation is done through the catalog, on a disk where something was done before. The disk says no at its first step, at its
  second, up to its last: once, or from then on; before the step was performed, or although it was. Each run is judged: by the same
  handle, by a process that opens then, and by one that opens after the power has failed in every way; disks that differ only in bytes
  that nobody reads are judged once.

  @CAT-SIM-5004 @CAT-SIM-5006 @CAT-IDX-1113 @CAT-IDX-1114 @CAT-BLB-2102 @CAT-GC-2305
  Rule: Whatever a disk says at whatever step, an operation is done and acknowledged, or not done and refused as what it is

    Scenario Outline: An error at every step of <operation>
      When EIO is met once, at every step of "<operation>"
      Then no promise was broken
      And every step of it that an error can meet was struck

      Examples:
        | operation                    |
        | put that prunes all but one  |
        | put without hard links       |
        | add a copy                   |
        | evict                        |
        | collect garbage              |
        | lease a model                |
        | open after a kill in mid-add |
        | repair a damaged index       |

    @full
    Scenario: A disk that takes no bytes and names no error
      When every operation meets a write that takes no bytes, once and from then on, at every write
      Then no promise was broken
      And every write was struck

    @full
    Scenario: Every error at every step
      When every operation meets every error, once and from then on, EIO after the effect and writes that take nothing, at every step
      Then no promise was broken
      And every step that can meet an error was struck, and every kind of step that is taken
      And every operation was refused with each code that its steps can cause

    @full
    Scenario: The operations and the errors
      Then there are at least 25 operations and 14 errors, and the disk may say each of them to some step of each kind of operation

    Scenario: Without a fault every operation is done
      When every operation is done without a fault
      Then each left what it is to leave, and no promise was broken

    Scenario: A disk that takes and gives half of every other write and read lets every operation be done
      When every operation is done on a disk that takes and gives half of every other write and read
      Then each left what it is to leave, and no promise was broken

  @CAT-IDX-1113 @CAT-IDX-1104 @CAT-SIM-5009
  Rule: The link is the commit: what is met before it is a failure, what is met after it is not

    Scenario Outline: A program that does not regard <what> tells somebody something wrong
      When EIO is met once at each step of a put, before it and after it, by a program that does not regard <what>
      Then it is found that <complaint> at the step <step>

      Examples:
        | what                | complaint                               | step          |
        | whose name it is    | it was told as IoError, and is there    | Publish       |
        | what cannot be told | it was told as IoError, and is there    | SyncDirectory |
        | what is durable     | it was told as IoError, and is there    | Rename        |

    Scenario: A program that regards all of it tells nobody anything wrong
      When EIO is met once at each step of a put, before it and after it
      Then no promise was broken

  @CAT-GC-2305
  Rule: What an add looks at once more is looked at, although the disk says no

    Scenario: The bytes of an add go as its record comes, and the disk refuses the first look
      When the bytes of an add are taken away as its record is published, and EIO is met by the next look at them
      Then the add was acknowledged, and its bytes are there

  @CAT-SIM-5008
  Rule: What was found can be brought about again

    @forks
    Scenario: The command that is printed shows the same complaint
      When EIO is met once at each step of a put, before it and after it, by a program that does not regard what cannot be told
      And the command that is printed with the first complaint is run
      Then it tells that complaint alone, and ends with 1

    Scenario: The same fault met by the whole program shows nothing
      When EIO is met once at each step of a put, before it and after it, by a program that does not regard what cannot be told
      And the fault of the first complaint is met by the whole program
      Then no promise was broken
