Feature: What is made of what a disk says

  Who runs a program hands it the answers of the disk, and its errors. What of them reaches a caller is told in words of a closed set.

  @CAT-SIM-5002
  Rule: Who runs a program tells it what the disk said, and whoever watches how it ended

    Scenario Outline: A program that is run <how> goes on with <answer>
      Then a program that is run <how> goes on with <answer>

      Examples:
        | how        | answer                    |
        | at once    | what the disk gave        |
        | at once    | what the disk threw       |
        | with waiting | what the disk gave      |
        | with waiting | what the disk threw     |
        | with waiting | what the disk gave later |
        | with waiting | what the disk threw later |

    Scenario: A disk that answers later cannot be driven at once
      Then a program that is run at once is refused what the disk gave later, by the name of its step

    Scenario: Whoever watches is told of each program
      When on a disk that is watched a program gives 5, and one fails
      Then who watches was told "began; ended with 5; began; failed"

    Scenario: Work that is made of programs is told as one, and what they gave to that one alone
      When on a disk that is watched one piece of work runs two programs and gives 7
      Then who watches was told "began; in it began; in it ended with 5; in it began; in it failed; ended with 7"

    Scenario: Where nobody watches, work that is made of programs is done all the same
      When on a disk that nobody watches one piece of work runs two programs and gives 7
      Then the work gave 7

    Scenario Outline: What wraps a disk with <what> knows <what>
      Then what wraps a disk with <what> knows <what>

      Examples:
        | what                      |
        | nothing                   |
        | a host                    |
        | who watches               |
        | a host and who watches    |

  @CAT-IDX-1113
  Rule: What a disk said is told as one code of the closed set, with the system's name for it

    Scenario Outline: <errno> is told as <code>
      Then <errno> while "a model is put" is told as <code>, <fate> for want of room

      Examples:
        | errno   | code             | fate   |
        | ENOSPC  | NoSpace          | failed |
        | EDQUOT  | NoSpace          | failed |
        | EFBIG   | NoSpace          | not    |
        | EROFS   | ReadOnly         | not    |
        | EACCES  | PermissionDenied | not    |
        | EPERM   | PermissionDenied | not    |
        | EMFILE  | TooManyFiles     | not    |
        | ENFILE  | TooManyFiles     | not    |
        | EIO     | IoError          | not    |
        | ENOTDIR | IoError          | not    |

    @CAT-PLT-4003
    Scenario Outline: A sync of a <what> that says <errno> is told as <code>
      Then a sync of a <what> that says <errno> is told as <code>

      Examples:
        | what   | errno      | code                    |
        | folder | EINVAL     | PlatformAdmissionFailed |
        | folder | ENOTSUP    | PlatformAdmissionFailed |
        | folder | EOPNOTSUPP | PlatformAdmissionFailed |
        | folder | ENOSYS     | PlatformAdmissionFailed |
        | folder | EPERM      | PlatformAdmissionFailed |
        | folder | EBADF      | PlatformAdmissionFailed |
        | folder | EIO        | IoError                 |
        | folder | EACCES     | PermissionDenied        |
        | file   | EINVAL     | IoError                 |
        | file   | EPERM      | PermissionDenied        |

    Scenario: What is told already stays as it is, and a mistake of ours is not told as the disk's
      Then a refusal stays as it is while "a model is put"
      And a mistake of ours is thrown on while "a model is put"

    Scenario Outline: <error> is <verdict>
      Then <error> is <verdict>

      Examples:
        | error                          | verdict                  |
        | an error with the code ENOENT  | a disk's                 |
        | an error with the code ENOENT  | a disk's ENOENT          |
        | an error with the code ENOENT  | not a disk's EEXIST      |
        | an error with the code 7       | not a disk's             |
        | an error without a code        | not a disk's             |
        | a text                         | not a disk's             |
        | a refusal                      | not a disk's             |

    Scenario Outline: What is looked for where the disk says <errno> is <found>
      Then what is looked for where the disk says <errno> is <found>

      Examples:
        | errno   | found          |
        | nothing | there          |
        | ENOENT  | not there      |
        | ENOTDIR | not there      |
        | EACCES  | refused        |

  @CAT-SIM-5002
  Rule: Room for a small read is used again, and by one at a time

    Scenario: Room that was given back is taken by the next
      Then room for 100 bytes that was given back is taken again for 65536

    Scenario: Two that read at once have each their own
      Then room that is taken twice is not shared

    Scenario: Large reads have room of their own, which nobody takes after them
      Then room for 65537 bytes that was given back is not taken again for 65536
