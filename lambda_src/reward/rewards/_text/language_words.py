# ruff: noqa: RUF001 - letters of other alphabets are what this module is about
"""Words and letters by which a language is known: the most frequent ones that say nothing of the topic."""

from collections.abc import Mapping
from typing import Final, Literal

Language = Literal[
    "ar",
    "bg",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "es",
    "fa",
    "fi",
    "fr",
    "he",
    "hi",
    "hu",
    "id",
    "it",
    "ja",
    "ko",
    "nl",
    "no",
    "pl",
    "pt",
    "ro",
    "ru",
    "sv",
    "th",
    "tr",
    "uk",
    "zh",
]
"""ISO 639-1 codes."""

LATIN: Final[Mapping[str, str]] = {
    "cs": """
        a aby ale ani asi až bez bude by byl byla bylo být co či další do ho i já je jeho její jejich jen jako
        jak jsem jsme jsou jste k kde kdo když které který která ma mezi mi má mají může na nebo není než nic
        o od po pod podle pokud pro proto protože před při s se si své svůj ta tak také tam ten tento to toho
        tu ty u už v ve však všechny z za ze že
        """,
    "da": """
        af alle at blev blive bliver da de dem den der deres det dette dig din disse du efter eller en er et
        for fordi fra før få gør går ham han hans har havde hun hvad hver hvis hvor hvordan i ikke ind ingen
        jeg jer kan kom kun kunne man mange med meget men mere mig min mod nogen noget nogle nu når og også om
        op os over på sig sin skal skulle som så til ud uden under var ved vi vil ville være været år
        """,
    "de": """
        aber alle als also am an auch auf aus bei bin bis da damit dann das dass dein dem den der des die dies
        diese diesem diesen dieser doch du durch ein eine einem einen einer eines er es für gegen habe haben
        hat hatte hier ich ihr ihre im immer in ist ja jede kann kein keine können man mehr mein mit muss nach
        nicht noch nur ob oder ohne sehr sein seine sich sie sind so über um und uns unter viel vom von vor
        war waren was weil wenn wer werden wie wir wird wurde zu zum zur zwei zwischen
        """,
    "en": """
        a about after all also am an and any are as at be because been before but by can could did do does
        each for from had has have he her him his how i if in into is it its just like many may more most my
        no not now of on one only or other our out over she should so some such than that the their them then
        there these they this those to two under up us very was we were what when where which while who why
        will with would you your
        """,
    "es": """
        a al algo antes así aunque cada como con contra cual cuando de del desde donde dos durante el ella
        ellos en entre era es esta estaba está están este esto estos fue fueron ha había han hasta hay la las
        le les lo los me mi mientras muy más nada ni no nos o otra otro para pero poco por porque pues que
        quien qué se sea ser si sido sin sobre son su sus también tan tanto tiene tienen todo todos tu un una
        uno unos y ya yo él
        """,
    "fi": """
        että eivät ei en ennen hän hänen he ja jo joka jos jossa jotka kaikki kanssa kuin kun kuten koska kuka
        me mikä minä minun mitä missä mukaan mutta myös ne niin niitä nyt oli olen olet olemme on olisi ole
        ollut oma ovat paljon sekä sen sille siinä siitä sinä se sitten siksi tai te tämä tämän tässä voi voit
        vain vielä yli yksi jälkeen kautta eri
        """,
    "fr": """
        ai après au aucun aussi autre aux avant avec avoir car ce cela ces cette chaque chez comme dans de
        depuis des deux donc dont du elle elles en encore entre est et eu eux fait font il ils je jour la le
        les leur leurs lui là ma mais même mes moi mon ne nous on ont ou où par parce pas peu peut plus pour
        pourquoi qu quand que quel quelle qui sa sans se ses si son sont sous sur ta tous tout toute très tu
        un une vers vos votre vous y à été être
        """,
    "hu": """
        a az aki ami amely amikor arra azt azonban be csak de egy egyik el én és ez ezt ezek fel ha hanem hogy
        hogyan igen is itt ki kell két le lehet lesz ma majd már még meg mert mi mint minden most nagyon ne
        nem nincs nélkül ő ők olyan ott össze pedig sem s sok számára szerint szét tehát ti több után van
        vannak volt volna vagy vagyok való
        """,
    "id": """
        ada adalah agar akan aku anda apa atau bagi bahwa banyak beberapa belum bisa bukan dalam dan dapat
        dari dengan di dia hanya harus hari ini itu jika juga kami karena kata ke kepada ketika kita lagi
        lebih maka masih mereka namun oleh orang pada para paling saat saja sampai sangat satu saya sebagai
        sebuah secara sedang sehingga seperti serta setelah sudah tahun tanpa telah tentang tersebut tetapi
        tidak untuk yaitu yang
        """,
    "it": """
        a ad ai al alla alle anche ancora c'è che chi ci come con contro cosa cui da dal dalla degli dei del
        della delle dello di dopo dove due e ed era erano essere fa fra già gli ha hanno ho i il in io la le
        lei lo loro lui ma mi mia mio molto ne nei nel nella non noi nostro o ogni per perché però più poi
        prima quale quando quanto quella quello questa questo qui se sei senza si sia solo sono sopra sotto
        sua sue sul sulla suo tra tu tutti tutto un una uno vi è
        """,
    "nl": """
        aan al alleen als ben bij daar dan dat de deze die dit doen door dus een elk en er geen had hadden heb
        hebben heeft hem het hier hij hoe hun iets ik in is ja je kan kunnen maar mag meer met mijn moet
        moeten na naar niet niets nog nu of om omdat onder ons ook op over te tegen toch toen tot tussen uit
        van veel voor waar waren was wat we wel welke werd wie wij worden wordt zal ze zich zij zijn zo zonder
        zou
        """,
    "no": """
        alle at av ble bli blir da de deg dem den denne der deres det dette din disse du eller en enn er et
        etter for fordi fra før få gjør går ha hadde ham han hans har hun hva hvem hver hvis hvor hvordan i
        ikke inn ingen jeg kan kom kun kunne man mange med meg meget men mer min mot mye noe noen nå når og
        også om opp oss over på seg sin skal skulle slik som så til ut uten under var ved vi vil ville være
        vært år
        """,
    "pl": """
        a aby albo ale ani bardzo bez być był była było byli będzie chce co czy dla do gdy gdzie go i ich im
        inne ja jak jako jego jej jest jestem jeszcze jeśli już każdy kiedy kto która które który którzy ma
        mają mi może można my na nad nic nie niż o od on ona one oni oraz po pod poza przed przez przy się są
        ta tak także tam te tego ten to tu tylko tym w we więc wszystko z za ze że
        """,
    "pt": """
        a ao aos ainda antes as até cada com como contra da das de dela dele depois do dos e ela ele eles em
        entre era essa esse esta este estava está estão eu foi foram há isso isto já lhe mais mas me mesmo meu
        minha muito na nas nem no nos não nós o onde os ou para pela pelo pelos por porque pouco quando que
        quem se sem ser seu seus sobre sua suas são só também te tem tinha todos tudo têm um uma você à às é
        """,
    "ro": """
        a ai al ale am ar are as asta au avea aceasta acest ca care ce cei cel cele cum cu când că dar de
        decât despre din doar după ea ei el ele era este eu face fi fie fost fără iar în împotriva într între
        la le lor lui mai mult nici nimic noi nu o ori pe pentru poate prin s sa să se sau si spre sub sunt și
        tot toate toți tu un una unde unei unui va voi vă
        """,
    "sv": """
        alla allt att av bara blev bli blir de dem den denna deras dess det detta dig din du där då efter
        eller en ett från för före finns ha hade han hans har hennes henne hon honom hur här i in ingen inte
        jag kan kom kunde man med mellan men mer mig min mot mycket ni nog nu när någon något några och också
        om oss på sedan sig sin ska skall skulle som så till under upp ut utan vad var vara varit vem vi vid
        vill år än är över
        """,
    "tr": """
        ama ancak aynı bana bazı belki ben beni benim bir biri birçok biz bu bunu bunun büyük çok çünkü da
        daha de değil diye dolayı en gibi göre hangi hem hep her hiç için ile ilk ise işte kadar ki kim kendi
        mı mi mu mü nasıl ne neden nerede o olan olarak oldu olduğu olur on ona onlar onu onun sadece sen siz
        son sonra şey şu tüm var ve veya ya yani yok yine zaman üzerinde
        """,
}
"""Languages written in Latin letters."""

LETTERS: Final[Mapping[str, str]] = {
    "cs": "ěřůťď",
    "da": "æø",
    "de": "ßäöü",
    "es": "ñ¿¡",
    "fi": "äö",
    "fr": "çœêèàùûîë",
    "hu": "őű",
    "no": "æø",
    "pl": "ąęłńśźż",
    "pt": "ãõçâê",
    "ro": "ăâîșțşţ",
    "sv": "åäö",
    "tr": "ğışç",
}
"""Letters that few languages have; Danish and Norwegian share theirs."""

CYRILLIC: Final[Mapping[str, str]] = {
    "ru": """
        а без бы был была были было быть в вас вы да для до его ее если есть еще же за и из или им их к как
        когда который которые кто ли мне мы на не него нет но о об он она они от очень по после при с так
        также то только ты у уже что чтобы эта эти это этот я ы э ё
        """,
    "uk": """
        а або але без був була були було бути в вас ви від він вона вони все де для до є же з за і із її їх й
        його коли ми може можна на навіть не немає нас ні о один після по при про та так також там те ти
        тільки то у хто це цей ці ця чи що щоб як яка які який якщо я
        """,
    "bg": """
        а ако беше без бе би били бил в ви все във да до е за и из има как като когато който която които към
        ли може много му на над не него но ние обаче от по под повече при са само се си след със така те тези
        този това то той тя че ще я съм
        """,
}
"""Languages written in Cyrillic letters."""

CYRILLIC_LETTERS: Final[Mapping[str, str]] = {"ru": "ыэё", "uk": "іїєґ", "bg": "ъщ"}

SCRIPTS: Final = (
    (0x0041, 0x024F, "latin"),
    (0x0370, 0x03FF, "el"),
    (0x0400, 0x052F, "cyrillic"),
    (0x0590, 0x05FF, "he"),
    (0x0600, 0x077F, "arabic"),
    (0x0900, 0x097F, "hi"),
    (0x0E00, 0x0E7F, "th"),
    (0x1100, 0x11FF, "ko"),
    (0x1E00, 0x1EFF, "latin"),
    (0x1F00, 0x1FFF, "el"),
    (0x3040, 0x30FF, "ja"),
    (0x3400, 0x9FFF, "zh"),
    (0xAC00, 0xD7AF, "ko"),
    (0xFB50, 0xFEFF, "arabic"),
)
"""First and last letter, and the script or the one language of the list that is written in it."""

PERSIAN: Final = frozenset("\u067e\u0686\u0698\u06af\u06a9\u06cc")
"""Letters of Persian that Arabic does not have, or writes otherwise."""
