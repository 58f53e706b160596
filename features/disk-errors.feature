Feature: What an error of a disk is told as

  @CAT-IDX-1113 @CAT-OBS-6103
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
