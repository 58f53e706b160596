Feature: Looking a catalog over

  Rule: Each finding is told with what to do about it, and nothing is changed

    @CAT-IDX-1107
    Scenario: A healthy catalog gives no finding
      Given a catalog to be looked over
      When it is looked over
      Then nothing is found, and it is well
      And looking it over changed nothing

    @CAT-IDX-1107
    Scenario Outline: <trouble> is found as <id>, of severity <severity>
      Given a catalog to be looked over
      And its trouble is <trouble>
      When it is looked over
      Then it is found as "<id>" of severity "<severity>" alone, with a remedy
      And people are told this of <root>:
        """
        <severity>  <id>
          <message>
          remedy: <remedy>
        """
      And looking it over changed nothing

      Examples:
        | trouble                   | id              | severity | message                                                                              | remedy                                                                   |
        | damaged models            | models-corrupt  | error    | <root>/generations/models/4 cannot be trusted: it is empty                           | run: catalog repair                                                      |
        | damaged engines           | engines-corrupt | error    | <root>/generations/engines/2 cannot be trusted: its last line is not a checksum      | run: catalog repair                                                      |
        | a newer version of models | newer-version   | error    | <root>/generations/models/4 has version 2; this program knows versions up to 1       | use the program that wrote it, or a newer one                            |
        | a damaged catalog.json    | index-damaged   | warning  | <root>/catalog.json is damaged; the catalog itself is whole                          | the next command that writes puts it right; or run: catalog repair       |
        | a catalog.json that lags  | index-lags      | warning  | <root>/catalog.json does not show the newest generation; the catalog itself is whole | the next command that writes puts it right; or run: catalog repair       |
        | a temp that was left      | temp-left       | info     | <root>/catalog.json.TTTTTTTTTTTTTTTTTTTTTT.tmp is of a writer that has not finished  | nothing: if that writer is dead, the next command that writes removes it |

    @CAT-ADO-2203 @CAT-BLB-2107 @CAT-GC-2307
    Scenario Outline: Of the bytes of models <trouble> is told, and none of them are read
      Given a catalog with the models a, b and c, of which c is referenced
      And of its models <trouble>
      When the catalog is looked over with its models
      Then people are told this of <root>:
        """
        <severity>  <id>
          <message>
          remedy: <remedy>
        """
      And looking it over changed nothing

      Examples:
        | trouble                                     | id               | severity | message                                                                                                        | remedy                                                                                            |
        | the blob of a was removed                   | files-missing    | warning  | files of models are not there: <root>/models/a/a.gguf of a                                                     | bring them again: catalog add; or remove the models: catalog rm                                   |
        | the file of c is gone                       | files-missing    | warning  | files of models are not there: <sources>/c.gguf of c                                                           | bring them again: catalog add; or remove the models: catalog rm                                   |
        | the blob of a was cut short                 | files-changed    | warning  | files of models are not as they were when they were verified: <root>/models/a/a.gguf of a                      | run: catalog verify --all --quick, which reads none but these                                     |
        | the files of all were touched               | files-changed    | warning  | files of models are not as they were when they were verified: <root>/models/a/a.gguf of a, <root>/models/b/b.gguf of b, <sources>/c.gguf of c | run: catalog verify --all --quick, which reads none but these      |
        | 185000000 bytes were abandoned by an add    | adds-abandoned   | warning  | 185 MB that were abandoned on their way in lie in <root>/ingest                                                | run: catalog gc, which leaves what is younger than an hour; or at once: catalog gc --grace 0      |
        | a claim was left by a writer that is dead   | claims-left      | info     | writers that are dead have left claims in <root>/ingest                                                        | nothing: the next command that writes ends what they began                                        |
        | 1000 bytes are in quarantine                | quarantine       | info     | 1.00 kB that were damaged lie in <root>/quarantine, with notes that say why                                    | when nobody needs them any more: catalog gc --quarantine                                          |
        | the quarantine is a link that leads outside | not-looked-at    | error    | <root>/quarantine could not be looked at: "quarantine/a.gguf" cannot be used inside the root: <root>/quarantine is a symlink | look at its rights (ls -ld) and at the disk (dmesg, smartctl)                                     |

    @CAT-IDX-1107
    Scenario: What is gravest is told first
      Given a catalog with the models a, b and c, of which c is referenced
      And of its models 1000 bytes are in quarantine
      And of its models the blob of a was removed
      And its trouble is a temp that was left
      And its trouble is a damaged catalog.json
      And of its models the quarantine is a link that leads outside
      When the catalog is looked over with its models
      Then it is found as "not-looked-at, index-damaged, files-missing, temp-left", in this order

    @CAT-IDX-1107
    Scenario: Where the records are damaged, what does not need them is told all the same
      Given a catalog with the models a, b and c, of which c is referenced
      And of its models 1000 bytes are in quarantine
      And its trouble is damaged models
      When the catalog is looked over with its models
      Then it is found as "models-corrupt, quarantine", in this order

    @CAT-IDX-1107
    Scenario: Whoever works on an add is not told of
      Given a catalog with the models a, b and c, of which c is referenced
      And of its models 1000 bytes are on their way in
      When the catalog is looked over with its models
      Then nothing is found, and it is well

    @CAT-IDX-1107
    Scenario: A root that is not there is told of
      When the catalog is looked over with its models
      Then people are told this of <root>:
        """
        info  no-root
          there is nothing at <root>
          remedy: nothing, if none was made yet: the first command that writes makes it; else say where it is: --root DIR
        """

    @CAT-SEC-6002
    Scenario: A generation that has a name outside of the catalog is told of
      Given a catalog to be looked over
      And its trouble is another name of the newest generation, outside
      When it is looked over
      Then it is found as "named-elsewhere" of severity "warning" alone, with a remedy
      And people are told this of <root>:
        """
        warning  named-elsewhere
          <root>/generations/models/4 has a name outside of <root> too: what is written there is written to the catalog
          remedy: nothing, if that name is of a backup; else find it and remove it: find / -xdev -samefile <root>/generations/models/4
        """
      And looking it over changed nothing

    @CAT-LCK-1207
    Scenario Outline: A <system> file system is told of
      Given a catalog to be looked over
      When it is looked over on a disk of type <type>
      Then it is found as "network-file-system" of severity "warning" alone, with a remedy

      Examples:
        | system | type       |
        | nfs    | 0x6969     |
        | smb2   | 0xfe534d42 |
        | lustre | 0x0bd00bd0 |
        | gpfs   | 0x47504653 |
        | fuse   | 0x65735546 |

    @CAT-LCK-1201
    Scenario: A machine without the kernel's lock is told of
      Given a catalog to be looked over
      When it is looked over on a machine without the kernel's lock
      Then it is found as "no-kernel-lock" of severity "warning" alone, with a remedy

    @CAT-IDX-1107 @slow
    Scenario: The command tells people in paragraphs and programs in a report, and changes nothing
      Given a catalog to be looked over
      Then the command finds nothing, and exits with 0
      Given its trouble is damaged models
      Then the command tells the damage with its remedy, and exits with 1
      And looking it over changed nothing

    @CAT-PLT-4009 @CAT-LCK-1207
    Scenario Outline: <finding> is told in these words
      Given a catalog to be looked over
      When its place is looked over where <what is so>
      Then people are told this of <root>:
        """
        <severity>  <finding>
          <message>
          remedy: <remedy>
        """
      And looking it over changed nothing

      Examples:
        | finding               | what is so                                 | severity | message                                                                                                              | remedy                                                                                                                                 |
        | no-directory-sync     | parent_dir_sync is RenameOnly              | error    | directories cannot be synced in <root>: a power cut may take back what was written, and so nothing is written        | put the catalog on another file system; or accept it: catalog platform --write-profile FILE, and open with that profile                |
        | weakly-durable        | a profile accepts RenameOnly               | warning  | directories are not synced in <root>, as its profile says: a power cut may take back what was written last           | put the catalog on another file system where that matters                                                                             |
        | directory-unreadable  | the path status is ProbeFailed             | error    | the directory <root> could not be looked at: EIO                                                                     | look at its rights (ls -ld) and at the disk (dmesg, smartctl) before anything is written                                               |
        | directory-sync-failed | parent_dir_sync is ProbeFailed             | error    | syncing the directory <root> failed: what is written there may not stay                                              | look at the disk (dmesg, smartctl) before anything is written                                                                          |
        | foreign-owner         | it belongs to user 4242                    | warning  | <root> is not safe: it belongs to user 4242, and this is user 1000                                                   | choose a root of your own: what is in this one is what its owner says                                                                  |
        | writable-by-others    | its mode is 0777                           | warning  | <root> is not safe: others can write to it (mode 0777)                                                               | run: chmod go-w <root>                                                                                                                 |
        | network-file-system   | the file system is nfs                     | warning  | <root> is on nfs: locks, syncs and notices of changes may mean less there than on a local disk                       | writing stays safe by compare-and-set; keep the catalog on a local disk where you can                                                  |
        | no-kernel-lock        | the lock is owner-record                   | warning  | the kernel’s lock cannot be had here (fs-native-extensions has no binary for this machine)                           | a record names who writes instead; after a crash on another host: catalog repair --break-lock                                          |
        | no-hard-links         | hard links are ObservedUnsupported         | warning  | hard links cannot be made in <root>: a commit takes more steps, and files are copied where they could be shared      | nothing: it works; put the catalog on another file system where that is too slow                                                       |
        | low-space             | 1023 MiB are free                          | warning  | <root> has 1023 MiB left of 4096 MiB                                                                                 | make room: catalog ls shows what is there, catalog rm removes it                                                                       |
        | clock-behind          | the clock is 3600 s behind                 | warning  | the clock is 3600 s behind the last change of <root>                                                                 | set the clock (timedatectl set-ntp true): times that are written now look older than they are; nothing depends on their order          |

    @CAT-PLT-4009 @CAT-HIS-3601 @slow
    Scenario: A catalog with a journal is looked over too
      Given a catalog with a journal to be looked over
      When `catalog doctor` is run on it
      Then it finds nothing, and tells the platform as `catalog platform` does
      When its writer dies in the middle of an append
      And `catalog doctor` is run on it
      Then it finds "torn-tail" of severity "info", and changes nothing
      And people are told this of <root>:
        """
        info  torn-tail
          the journal in <root>/journal ends in what a writer has not finished: its checksum is wrong
          remedy: nothing: if that writer is dead, the next command that writes cuts it off
        """
      When the next one writes to it
      And `catalog doctor` is run on it
      Then it finds nothing, and tells the platform as `catalog platform` does

    @CAT-PLT-4009 @CAT-JRN-3301
    Scenario: A catalog with a journal that is damaged is looked over all the same
      Given a catalog with a journal to be looked over
      And a byte in the middle of its journal is another
      When `catalog doctor` finds it
      Then it finds "journal-corrupt" of severity "error", and changes nothing
      And people are told this of <root>:
        """
        error  journal-corrupt
          <root>/journal/000001.seg is damaged at byte 128: its checksum is wrong, and the frames to 1 were durable
          remedy: write nothing there; put back the file that is named from a backup, or salvage the journal
        """

    @CAT-PLT-4009
    Scenario: Each line of what is told of this machine is what its system says
      Given a catalog to be looked over
      When `catalog doctor --json` is run where the mode of the root is 0775
      Then it finds "writable-by-others" as `stat` has it, and nothing else that the system does not say
