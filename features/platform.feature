Feature: What a machine is found to be, and what is demanded of it

  Evidence describes, admission decides, a profile pins. A catalog of files, a catalog with a journal and a journal do the same.

  Rule: Evidence is what was observed, and nothing else

    @CAT-PLT-4001 @CAT-PLT-4002 @CAT-JRN-3504
    Scenario: What a probe tells is in the diagnostics of a journal, beside what it was opened with
      Given a probe that reports what the seed expects of its machine
      When a journal of segments of 4096 bytes is opened with it
      Then its diagnostics tell its directory without links, 4096 bytes and 1 event
      And they tell this of the platform:
        | host.monotonic_clock                    | ProcessLocalInstantAnchor |
        | store_path.path_status                  | ObservedDirectory         |
        | store_path.parent_dir_sync              | UnixFsync                 |
        | store_path.lock_leaf_symlink_protection | AtomicNoFollow            |
        | store_path.mmap_index                   | FileBacked                |
        | store_path.sealed_segment_mmap          | FileBacked                |
        | store_path.active_segment_read          | UnixReadAt                |
        | admission.store_lock                    | AtomicNoFollow            |
        | admission.parent_dir_sync               | UnixFsync                 |
        | admission.mmap_index                    | FileBacked                |
        | admission.sealed_segment_mmap           | FileBacked                |

    @CAT-PLT-4001 @CAT-PLT-4002 @CAT-PLT-4003 @CAT-JRN-3504
    Scenario Outline: The machine that this runs on is told honestly by <what>
      When <what> is opened on this machine
      Then it tells this of the platform:
        | host.monotonic_clock                    | ProcessLocalInstantAnchor |
        | store_path.path_status                  | ObservedDirectory         |
        | store_path.parent_dir_sync              | UnixFsync                 |
        | store_path.lock_leaf_symlink_protection | AtomicNoFollow            |
        | store_path.mmap_index                   | ObservedUnsupported       |
        | store_path.sealed_segment_mmap          | ObservedUnsupported       |
        | store_path.active_segment_read          | UnixReadAt                |
        | admission.store_lock                    | AtomicNoFollow            |
        | admission.parent_dir_sync               | UnixFsync                 |
        | admission.mmap_index                    | Rejected                  |
        | admission.sealed_segment_mmap           | Rejected                  |
      And its clock began when this process did
      And telling it again looks at the machine no more

      Examples:
        | what                   |
        | a journal              |
        | a catalog of files     |
        | a catalog with journal |

    @CAT-PLT-4001
    Scenario Outline: <place> is told as it is
      When <place> is probed
      Then it is told with <values>

      Examples:
        | place                                      | values                                                                                        |
        | a directory                                | path_status ObservedDirectory, parent_dir_sync UnixFsync, mmap_index ObservedUnsupported      |
        | a directory behind a link                  | path_status ObservedUnsupportedNotDirectory, parent_dir_sync Unknown                           |
        | what is missing                            | path_status UnknownMissing, parent_dir_sync Unknown, mmap_index Unknown                       |
        | a file                                     | path_status ObservedUnsupportedNotDirectory, parent_dir_sync Unknown, mmap_index ObservedUnsupported |
        | a directory that cannot be looked at       | path_status {"ProbeFailed":{"reason":"EIO"}}, parent_dir_sync Unknown, mmap_index ProbeFailed |
        | a directory on a disk that syncs none      | path_status ObservedDirectory, parent_dir_sync RenameOnly                                     |
        | a directory that cannot be opened          | path_status ObservedDirectory, parent_dir_sync ProbeFailed                                    |
        | a directory whose sync fails               | path_status ObservedDirectory, parent_dir_sync ProbeFailed                                    |
        | a directory on a machine like Windows      | parent_dir_sync RenameOnly, lock_leaf_symlink_protection BestEffortCheckThenOpen, active_segment_read LockedSeekRead |
        | a directory by a clock that goes back      | monotonic_clock ProbeFailed                                                                   |
        | a directory by a clock that is not set     | process_clock_epoch_marker_ns 1                                                               |

    @CAT-PLT-4009
    Scenario Outline: Beside it <fact> is told, as <machine> has it
      When <machine> is tried out
      Then it is told that <fact>

      Examples:
        | machine                                        | fact                                |
        | a simulated machine                            | lock_mechanism is kernel            |
        | a simulated machine                            | hard_links is Observed              |
        | a simulated machine                            | reflinks is ObservedUnsupported     |
        | a simulated machine                            | case_sensitivity is sensitive       |
        | a simulated machine                            | unicode_normalisation is preserved  |
        | a simulated machine with reflinks              | reflinks is Observed                |
        | a simulated machine without hard links         | hard_links is ObservedUnsupported   |
        | a simulated machine without the kernel's lock  | lock_mechanism is owner-record      |
        | a simulated machine that takes a for A         | case_sensitivity is insensitive     |
        | a simulated machine that composes letters      | unicode_normalisation is folded     |
        | a simulated machine that may not be written to | hard_links is Unknown               |
        | a simulated machine that may not be written to | lock_mechanism is Unknown           |

    @CAT-PLT-4009
    Scenario: This machine is told as its own tools tell it
      Given a root that was made
      When `catalog platform --json` is asked about it
      Then each fact of it is what the system's own tools say

    @CAT-PLT-4001 @CAT-PLT-4009
    Scenario: Looking leaves nothing behind
      Given a root that was made
      When `catalog platform --json` is asked about it
      Then nothing under the root is other than before

    @CAT-PLT-4009
    Scenario Outline: Whoever dies while he tries out a disk leaves what the next one who writes to <what> removes
      Given <what> on a simulated machine
      When somebody dies after each step of trying it out
      Then whoever opens it to write next finds it as it was, and nothing of that is left

      Examples:
        | what                   |
        | a catalog with journal |
        | a catalog of files     |

  Rule: What is admitted is a function of the evidence

    @CAT-PLT-4003
    Scenario: Each member of what is admitted follows from one of the evidence, whatever the others are
      Then all evidence that there can be is admitted by the table, and the same each time

    @CAT-PLT-4003
    Scenario Outline: <what> is not written to where <capability> is rejected, and is read
      Given <what> on a simulated machine
      And a probe that reports <member> as <value>
      When it is opened with that probe and written to
      Then that is PlatformAdmissionFailed, because of "<capability>" and <value>
      And opened with that probe to be read it shows what is there

      Examples:
        | what                   | member                       | value               | capability                         |
        | a journal              | lock_leaf_symlink_protection | ObservedUnsupported | store lock symlink-leaf protection |
        | a journal              | parent_dir_sync              | ProbeFailed         | parent directory sync              |
        | a catalog of files     | lock_leaf_symlink_protection | Unknown             | store lock symlink-leaf protection |
        | a catalog of files     | parent_dir_sync              | Unknown             | parent directory sync              |
        | a catalog with journal | lock_leaf_symlink_protection | ProbeFailed         | store lock symlink-leaf protection |
        | a catalog with journal | parent_dir_sync              | ProbeFailed         | parent directory sync              |

    @CAT-PLT-4003
    Scenario Outline: Where writing is rejected nothing else is changed by <what> either
      Given <what> on a simulated machine, with what a dead writer left
      And a probe that reports parent_dir_sync as ProbeFailed
      Then opening it with that probe, <doing> it changes nothing and is PlatformAdmissionFailed

      Examples:
        | what                   | doing     |
        | a catalog of files     | preparing |
        | a catalog of files     | repairing |
        | a catalog of files     | adding to |
        | a catalog of files     | moving    |
        | a catalog with journal | preparing |
        | a catalog with journal | adding to |
        | a catalog with journal | moving    |

    @CAT-PLT-4001 @CAT-IDX-1113
    Scenario Outline: A sync that fails when <what> is looked at is not forgotten
      Given <what> on a simulated machine
      When it is looked at, and the sync of its directory fails once
      Then nothing more is written by who has looked, and all is there to be read

      Examples:
        | what                   |
        | a journal              |
        | a catalog of files     |
        | a catalog with journal |

    @CAT-PLT-4009 @CAT-LCK-1201
    Scenario Outline: Who looks at <what> to read it is in nobody's way
      Given <what> on a simulated machine
      Then looking at it never opens its lock

      Examples:
        | what                   |
        | a journal              |
        | a catalog of files     |
        | a catalog with journal |

    @CAT-PLT-4003
    Scenario Outline: A rejected mmap changes nothing for <what>
      Given <what> on a simulated machine
      And a probe that reports mmap_index as FileBacked
      Then opened with that probe it does the same steps as with one that reports ObservedUnsupported

      Examples:
        | what                   |
        | a journal              |
        | a catalog of files     |
        | a catalog with journal |

    @CAT-PLT-4003 @CAT-PLT-4008
    Scenario Outline: Where directories cannot be synced <what> is written to only by who has pinned that
      Given a simulated machine that syncs no directory
      Then <what> is refused there, and nothing is to be read of it
      When a profile of that machine is pinned
      Then <what> is written to and read, and a catalog says that what it keeps is durable weakly

      Examples:
        | what                   |
        | a journal              |
        | a catalog of files     |
        | a catalog with journal |

  Rule: A profile is what it says, or is refused for the first thing that is wrong with it

    @CAT-PLT-4004
    Scenario Outline: The profile <file> has the fingerprint <fingerprint>
      Then the profile <file> is valid, and its fingerprint is <fingerprint>

      Examples:
        | file                      | fingerprint |
        | linux_basic               | 198181094   |
        | mmap_unavailable          | 1810418857  |
        | non_unix_best_effort_lock | 352735033   |
        | profile_mismatch          | 2024719236  |

    @CAT-PLT-4004
    Scenario: Blanks, the order of members, and members that nobody knows mean nothing
      Then a profile in one line, in another order and with more members says the same

    @CAT-PLT-4005
    Scenario Outline: <text> is a text in which <what>
      Then <text> is a text in which <what>

      Examples:
        | text                           | what                   |
        | {}                             | no member stands twice |
        | []                             | no member stands twice |
        | 7                              | no member stands twice |
        | {"a":1,"b":1}                  | no member stands twice |
        | {"a":{"a":1}}                  | no member stands twice |
        | {"a":{"b":1},"c":{"b":1}}      | no member stands twice |
        | [{"a":1},{"a":1}]              | no member stands twice |
        | {"a":"a","b":"a"}              | no member stands twice |
        | {"a":["a","a"],"b":["b","b"]}  | no member stands twice |
        | {"a":"{\\"b\\":1,","b":1}      | no member stands twice |
        | {"a":1,"a":1}                  | a member stands twice  |
        | {"a":1,"\\u0061":1}            | a member stands twice  |
        | {"a":{"b":1,"b":1}}            | a member stands twice  |
        | [[{"a":1,"a":1}]]              | a member stands twice  |
        | {"a":[{"b":1}],"a":1}          | a member stands twice  |
        | {"a":{},"b":[],"a":1}          | a member stands twice  |
        | {"":1,"":1}                    | a member stands twice  |

    @CAT-PLT-4005
    Scenario Outline: A profile that <is wrong> is refused as <kind>
      Given a profile that <is wrong>
      When each store is opened with it
      Then each refuses it as PlatformProfileInvalid of kind <kind>, with the path as it was given
      And nothing came of it, and all open without it

      Examples:
        | is wrong                                                       | kind                              |
        | is missing                                                     | Io                                |
        | is a directory                                                 | Io                                |
        | is empty                                                       | DecodeJson                        |
        | is cut off                                                     | DecodeJson                        |
        | is no JSON                                                     | DecodeJson                        |
        | is a list                                                      | DecodeJson                        |
        | is no UTF-8                                                    | DecodeJson                        |
        | is larger than 64 KiB                                          | DecodeJson                        |
        | has a member twice                                             | DecodeJson                        |
        | has a member twice, once escaped                               | DecodeJson                        |
        | lacks a member                                                 | DecodeJson                        |
        | has its mmap as a number                                       | DecodeJson                        |
        | has a variant that nobody knows                                | DecodeJson                        |
        | has a schema_version of 65536                                  | DecodeJson                        |
        | has a fingerprint below zero                                   | DecodeJson                        |
        | has a schema_version of 2                                      | UnsupportedSchemaVersion          |
        | has a schema_version of 2 and a wrong fingerprint              | UnsupportedSchemaVersion          |
        | has a wrong fingerprint                                        | FingerprintMismatch               |
        | has a wrong fingerprint and a wrong lock                       | FingerprintMismatch               |
        | admits a lock that was not observed                            | InconsistentLockAdmission         |
        | admits a wrong lock and a wrong sync of directories            | InconsistentLockAdmission         |
        | admits a sync of directories that was not observed             | InconsistentParentDirSyncAdmission |
        | admits a wrong sync of directories and maps what is missing    | InconsistentParentDirSyncAdmission |
        | maps what is missing                                           | InconsistentMmapPath              |
        | maps what is missing, as the seed has it                       | InconsistentMmapPath              |
        | maps what is no directory                                      | InconsistentMmapPath              |
        | maps what could not be looked at                               | InconsistentMmapPath              |
        | maps what is missing and rejects it                            | InconsistentMmapPath              |
        | admits mmap that was not observed                              | InconsistentMmapAdmission         |
        | admits mmap of segments alone that was not observed            | InconsistentMmapAdmission         |

    @CAT-PLT-4005
    Scenario Outline: Of a profile that <is wrong> it is told that <why>
      Then of a profile that <is wrong> it is told that <why>

      Examples:
        | is wrong | why |
        | is a list | it is no object |
        | has a member twice | it has a member twice |
        | has a member twice, once escaped | it has a member twice |
        | maps what is missing, as the seed has it | mmap_index is FileBacked, and Unknown where the path is "UnknownMissing" |
        | lacks a member | it has no host |
        | has its mmap as a number | mmap_index is none of FileBacked, Unknown, ObservedUnsupported, ProbeFailed |
        | has a variant that nobody knows | parent_dir_sync is none of UnixFsync, RenameOnly, Unknown, ProbeFailed |
        | has a schema_version of 65536 | schema_version is no integer from 0 to 65535 |
        | has a schema_version of 1.5 | schema_version is no integer from 0 to 65535 |
        | has a schema_version of -1 | schema_version is no integer from 0 to 65535 |
        | has its schema_version as a text | schema_version is no integer from 0 to 65535 |
        | has a schema_version of 0 | its schema_version is 0, not 1 |
        | has a schema_version of 65535 | its schema_version is 65535, not 1 |
        | has no host but null | host is no object |
        | has a list for a host | host is no object |
        | has a path of two variants | path_status is no variant that is known |
        | has a path that failed for a number | path_status is no variant that is known |
        | has a path that nobody knows | path_status is no object |
        | has a path that failed | path_status is no object |
        | has a fingerprint below zero | fingerprint_crc32 is no integer from 0 to 4294967295 |
        | has a schema_version of 2 | its schema_version is 2, not 1 |
        | has a schema_version of 2 and a wrong fingerprint | its schema_version is 2, not 1 |
        | has a wrong fingerprint | its fingerprint_crc32 is 1810418858, that of what it says 1810418857 |
        | has a wrong fingerprint and a wrong lock | its fingerprint_crc32 is 1, that of what it says 695967145 |
        | admits a lock that was not observed | Unknown does not admit a lock as AtomicNoFollow |
        | admits a wrong lock and a wrong sync of directories | Unknown does not admit a lock as AtomicNoFollow |
        | admits a sync of directories that was not observed | ProbeFailed does not admit the sync of directories as UnixFsync |
        | admits a wrong sync of directories and maps what is missing | Unknown does not admit the sync of directories as UnixFsync |
        | maps what is missing | mmap_index is FileBacked, and Unknown where the path is "UnknownMissing" |
        | maps what is no directory | mmap_index is FileBacked, and ObservedUnsupported where the path is "ObservedUnsupportedNotDirectory" |
        | maps what could not be looked at | mmap_index is FileBacked, and ProbeFailed where the path is {"ProbeFailed":{"reason":"EIO"}} |
        | maps what is missing and rejects it | mmap_index is FileBacked, and Unknown where the path is "UnknownMissing" |
        | admits mmap that was not observed | ObservedUnsupported does not admit mmap_index as FileBacked |
        | admits mmap of segments alone that was not observed | ObservedUnsupported does not admit sealed_segment_mmap as FileBacked |

    @CAT-PLT-4005 @CAT-PLT-4010
    Scenario Outline: <what> is no profile, and nobody waits for it
      Given <what> in the place of a profile
      Then each store refuses it as PlatformProfileInvalid of kind <kind>

      Examples:
        | what                                 | kind       |
        | a FIFO that nobody writes to         | Io         |
        | a link to a device that has no end   | DecodeJson |

    @CAT-PLT-4006 @CAT-PLT-4007 @CAT-PLT-4010
    Scenario Outline: The profile <file> is refused as of another machine
      Given the profile <file>
      When each store is opened with it
      Then each refuses it as PlatformProfileMismatch, with the path as it was given and both sides
      And nothing came of it, and all open without it

      Examples:
        | file                      |
        | linux_basic               |
        | non_unix_best_effort_lock |
        | profile_mismatch          |

    @CAT-PLT-4006
    Scenario: A machine that differs in one member from its profile is another machine
      Then each member of a profile that is changed, with what follows from it, makes it one of another machine

    @CAT-PLT-4008 @CAT-PLT-4010
    Scenario Outline: This machine is as mmap_unavailable says, and <what> opens with it
      Given the profile mmap_unavailable
      When <what> is opened with it on this machine
      Then it is written to and read

      Examples:
        | what                   |
        | a journal              |
        | a catalog of files     |
        | a catalog with journal |

    @CAT-PLT-4008
    Scenario: Without a path nothing is demanded
      Given a profile that is missing
      Then each store opens with a platformProfilePath that is undefined

    @CAT-PLT-4008
    Scenario: The seed's machine is as linux_basic says
      Given a probe that reports what the seed expects of its machine
      And the profile linux_basic
      Then each store opens with both

    @CAT-PLT-4006 @CAT-PLT-4007 @CAT-PLT-4010
    Scenario Outline: On the seed's machine <file> is of another machine
      Given a probe that reports what the seed expects of its machine
      And the profile <file>
      When each store is opened with it, and with the probe
      Then each refuses it as PlatformProfileMismatch, because <member> is <found> and not <wanted>
      And nothing came of it, and all open without it

      Examples:
        | file             | member      | found             | wanted              |
        | mmap_unavailable | mmap_index  | FileBacked        | ObservedUnsupported |
        | profile_mismatch | path_status | ObservedDirectory | UnknownMissing      |

    @CAT-PLT-4010
    Scenario Outline: <what> that is missing is UnknownMissing to who only reads
      Given a profile of a machine on which nothing is there yet
      When <what> that is missing is opened with it to be read
      Then it opens, and nothing is made

      Examples:
        | what                   |
        | a catalog of files     |
        | a catalog with journal |

    @CAT-PLT-4004 @slow
    Scenario: The command keeps a profile of this machine, and a catalog that is opened with it is refused elsewhere
      Given a root that was made
      When `catalog platform --write-profile` is asked for a file
      Then that file is the profile mmap_unavailable but for blanks, and only its owner may write it
      And `catalog ls --platform-profile` with it exits with 0
      And with the profile linux_basic it exits with 6 and tells what differs
      And no profile is written of a root that is missing
      And where it cannot be written that is told by exit code 7

    @CAT-PLT-4005
    Scenario Outline: Whatever stands in a profile, it is a profile or is refused with a kind
      Then <count> profiles that were changed at random are valid or have a kind, in good time

      Examples:
        | count |
        | 5000  |

      @full
      Examples: many
        | count   |
        | 1000000 |
